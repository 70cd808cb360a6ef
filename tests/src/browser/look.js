// Looks at a page for a test. The browser runs this for the test and not for the page, so it runs also
// where the scripts of pages are off. But for `put`, nothing here changes a page.

const spaced = (text) => text.replace(/\s+/g, " ").trim();
const shown = (element) => element.checkVisibility({ visibilityProperty: true });

// The words of an element, without what is typed or can be chosen in it.
function words(element) {
  const typed = "select, textarea, datalist, script, style, noscript";
  let text = "";
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      text += node.data;
    } else if (node.nodeType === Node.ELEMENT_NODE && !node.matches(typed) && shown(node)) {
      const apart = getComputedStyle(node).display === "inline" && !node.matches("br") ? "" : " ";
      text += apart + (node.alt ?? "");
      node.childNodes.forEach(walk);
      text += apart;
    }
  };
  element.childNodes.forEach(walk);
  return spaced(text);
}

// A name for an element that the author of the page understands.
function named(element) {
  const classes = [...element.classList].map((name) => "." + name).join("");
  return element.localName + (element.id && "#" + element.id) + classes;
}

const CONTROLS = "input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), select, textarea";

function controls(fits) {
  const found = [];
  for (const control of document.querySelectorAll(CONTROLS)) {
    const labels = [...control.labels].filter(shown);
    if (!fits(control)) continue;
    for (const label of labels) found.push({ element: control, label, name: words(label) });
    if (!labels.length) found.push({ element: control, label: null, name: null });
  }
  return found;
}

const marked = (control) => control.matches("[type=radio], [type=checkbox]");

const KINDS = {
  field: () => controls((control) => !marked(control) && !control.matches("select")),
  choice: () => controls(marked),
  list: () => controls((control) => control.matches("select")),
  control: () => controls(() => true),
  button: () => {
    const all = "button, summary, input:is([type=submit], [type=button], [type=reset], [type=image])";
    return [...document.querySelectorAll(all)].filter(shown).map((element) => {
      const own = element.matches("[type=image]") ? element.alt : element.value || element.type;
      return { element, name: element.matches("input") ? spaced(own) : words(element) };
    });
  },
  link: () =>
    [...document.querySelectorAll("a[href], area[href]")].filter(shown).map((element) => {
      return { element, name: element.matches("area") ? spaced(element.alt) : words(element) };
    }),
};

// How far one must go up from an element to find these words around it.
function distance(element, place) {
  let steps = 0;
  for (let around = element; around; around = around.parentElement, steps += 1) {
    if (words(around).includes(place)) return steps;
  }
  return Infinity;
}

// What of a kind has this name, of several what is nearest to some other words; and the names of all.
function find(kind, name, place) {
  const all = KINDS[kind]();
  let found = all.filter((one) => one.name === name);
  // A label may go on with a hint.
  if (!found.length && ["field", "choice", "list", "control"].includes(kind)) {
    found = all.filter((one) => one.name?.startsWith(name));
  }
  if (place !== null) {
    const near = found.map((one) => distance(one.element, place));
    const least = Math.min(...near);
    found = found.filter((_, index) => near[index] === least && least !== Infinity);
  }
  // Several links to one page are as good as one.
  if (kind === "link" && new Set(found.map((one) => one.element.href)).size === 1) found.length = 1;
  // Nor do two labels make two fields.
  if (new Set(found.map((one) => one.element)).size === 1) found.length = 1;
  const there = all.map((one) => one.name ?? `(${named(one.element)} has no label)`);
  return { found: found.map(({ element, label }) => ({ element, label: label ?? null })), there };
}

// What a field holds.
function held(element) {
  const value = element.matches("select") ? element.selectedOptions[0]?.label ?? "" : element.value ?? "";
  return {
    value: value.replaceAll("\r\n", "\n"),
    chosen: element.checked ?? false,
    disabled: element.matches(":disabled"),
    // What a person chooses at a calendar or a slider, and does not type.
    pointed: ["date", "datetime-local", "month", "week", "time", "color", "range"].includes(element.type),
  };
}

function put(element, value) {
  element.value = value;
}

// The options of a list: those of this name, and the names of all.
function options(list, name) {
  const all = [...list.options];
  const found = all.filter((option) => spaced(option.label) === name);
  return { found, there: all.map((option) => spaced(option.label)) };
}

// The page as a person reads it: no hidden words, no empty lines.
function text() {
  const lines = (document.body?.innerText ?? "").split("\n");
  return lines.map(spaced).filter((line) => line).join("\n");
}

function headings() {
  return [...document.querySelectorAll("h1")].filter(shown).map(words);
}

function status() {
  return performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;
}

// Which page this is, once all of it is there: no two have the same, and neither have two places in one.
function which() {
  return document.readyState === "complete" ? `${performance.timeOrigin} ${location.href}` : null;
}

// Whether a click on an element, or Enter where the keyboard is, leads to another page or place.
function leads(element) {
  const pressed = element ?? document.activeElement;
  if (pressed.matches("a, area")) {
    const stays = pressed.href === location.href && pressed.hash;
    return pressed.href !== "" && !stays && !pressed.download && !pressed.target;
  }
  const sends = pressed.matches(element ? "button, input" : "button, input:not([type=file], [type=color])");
  const form = sends && !pressed.matches("[type=button], [type=reset]") ? pressed.form : null;
  // The browser does not send what it knows to be wrong.
  const checked = form && !form.noValidate && !pressed.formNoValidate;
  return form !== null && form.method !== "dialog" && !(checked && form.matches(":invalid"));
}

// Whether the page has been on the screen: before, the browser forgets what is typed and clicked.
function painted() {
  return performance.getEntriesByType("paint").length > 0;
}

function focus() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const label = element.labels?.[0];
  return words(label ?? element) || element.value || named(element);
}

// Whatever a person would have to move sideways to read.
function overflow() {
  const found = [];
  const root = document.documentElement;
  const width = root.clientWidth;
  if (root.scrollWidth > width) {
    found.push(`the page is ${root.scrollWidth} px wide in a window of ${width} px`);
  }
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const within = (element) => {
    const around = element.parentElement;
    return around && around !== document.body && (scrolls(around) || within(around));
  };
  for (const element of document.body?.querySelectorAll("*") ?? []) {
    if (!shown(element) || element.matches("input, textarea, select, option")) continue;
    const { scrollWidth, clientWidth } = element;
    if (scrolls(element) && scrollWidth > clientWidth) {
      found.push(`${named(element)} has ${scrollWidth} px in a room of ${clientWidth} px`);
    }
    const right = Math.ceil(element.getBoundingClientRect().right + scrollX);
    if (right > width && !within(element) && root.scrollWidth > width) {
      found.push(`${named(element)} ends at ${right} px`);
    }
  }
  return found;
}
