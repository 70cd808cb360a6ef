//! Texts that would be script if a page did not take them as texts: written by a center that signs
//! whatever it likes, and typed by whoever asks.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::schema::{Field, FieldType, schema};
use hospes_domain::{Kind, Value};
use hospes_stage::wait::until;
use hospes_tests::hostile::{Conversation, Persona};
use hospes_tests::markup;
use hospes_tests::theatre::{PATIENCE, stage};
use hospes_tests::visitor::{Answered, Visitor, encoded, escaped};
use hospes_web::addresses;

/// What somebody would write who wants to be more than a text.
fn corpus() -> Vec<String> {
    let fixed = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover=alert(1) x='",
        "</title><script>alert(1)</script>",
        "</textarea><script>alert(1)</script>",
        "javascript:alert(1)",
        "{{7*7}} {% raw %}",
        "&lt;script&gt; &#60;script&#62; &amp",
        "<!-- a",
        "]]> --> <![CDATA[",
        "a\u{2028}<b>\u{2029}",
        "\u{202e}<script>\u{202c}",
        "<svg/onload=alert(1)>\u{200b}\u{301}\u{301}\u{301}",
    ];
    let long = "<b>x".repeat(60);
    fixed.iter().map(|text| (*text).to_owned()).chain([long]).collect()
}

/// A value of a type with a text wherever a text may stand; `everywhere` also where it has to have a form.
fn filled(ty: &FieldType, text: &str, everywhere: bool) -> Option<Value> {
    let now = jiff::Timestamp::now();
    let cut = |most: u32| Value::from(text.chars().take(most as usize).collect::<String>().trim());
    Some(match ty {
        FieldType::Text { max_chars, .. } => cut(*max_chars),
        FieldType::Body { .. } => in_english(Value::from(text)),
        FieldType::PerLanguage { of, .. } => in_english(filled(of, text, everywhere)?),
        FieldType::List { of, .. } => Value::List(vec![filled(of, text, everywhere)?]),
        FieldType::Struct(fields) => structure(fields, text, everywhere),
        FieldType::Flag => Value::Flag(true),
        FieldType::Integer { min, .. } => Value::Integer(*min),
        FieldType::Languages if everywhere => {
            Value::Map([(text.to_owned(), "fluent".into())].into())
        }
        FieldType::Set(_) if everywhere => Value::List(vec![text.into()]),
        FieldType::Set(_) | FieldType::Town | FieldType::Nights { .. } | FieldType::Languages => {
            return None;
        }
        _ if everywhere => Value::from(text),
        FieldType::Choice(words) => Value::from(*words.first()?),
        FieldType::Key { .. } => "key".into(),
        FieldType::Instant => now.to_string().into(),
        FieldType::Country | FieldType::Area => "EE".into(),
        FieldType::Language => "en".into(),
        FieldType::Url => "https://example.org/'onclick='a".into(),
        FieldType::Center | FieldType::Digest => "0".repeat(64).into(),
        FieldType::Phone => "+3725551234".into(),
        _ => return None,
    })
}

fn in_english(value: Value) -> Value {
    Value::Map([("en".to_owned(), value)].into())
}

fn structure(fields: &[Field], text: &str, everywhere: bool) -> Value {
    let entry = |field: &Field| Some((field.name.to_owned(), filled(&field.ty, text, everywhere)?));
    Value::Map(fields.iter().filter_map(entry).collect())
}

/// Fields of a kind with a text in all that are free.
fn record(kind: Kind, text: &str) -> Result<BTreeMap<String, Value>> {
    let fields = schema(kind).fields.iter().filter(|field| field.required || has_text(&field.ty));
    let mut fields: BTreeMap<String, Value> = fields
        .filter_map(|field| Some((field.name.to_owned(), filled(&field.ty, text, false)?)))
        .collect();
    let now = jiff::Timestamp::now();
    let day = |days: i64| now.checked_add(jiff::Span::new().hours(24 * days));
    let mut set = |name: &str, value: String| fields.insert(name.to_owned(), value.into());
    match kind {
        Kind::Offer => {
            set("expires_on", day(20)?.to_string().chars().take(10).collect());
            set("note_language", "en".to_owned());
        }
        Kind::Bulletin => {
            set("expires", day(5)?.to_string());
        }
        Kind::Service => {
            set("location_type", "physical".to_owned());
        }
        Kind::Template | Kind::Center => {}
    }
    Ok(fields)
}

fn has_text(ty: &FieldType) -> bool {
    match ty {
        FieldType::Text { .. } | FieldType::Body { .. } | FieldType::Url => true,
        FieldType::List { of, .. } | FieldType::PerLanguage { of, .. } => has_text(of),
        FieldType::Struct(fields) => fields.iter().any(|field| has_text(&field.ty)),
        _ => false,
    }
}

/// Reads an answer as strictly as it can be read, if it is a page.
fn clean(told: &str, answer: &Answered) -> Result<Option<markup::Page>> {
    // A passphrase that is tried too often is answered with "busy".
    let is_busy = answer.status == 503 && told.starts_with("/account/");
    ensure!(answer.status < 500 || is_busy, "{told}: {answer:?}");
    let to = answer.location();
    ensure!(
        to.is_empty() || (to.starts_with('/') && !to.starts_with("//")),
        "{told} leads to {to}"
    );
    ensure!(!answer.head.contains(['<', '>']), "{told}: {}", answer.head);
    let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    if !is_page {
        return Ok(None);
    }
    Ok(Some(markup::read(&answer.body).with_context(|| told.to_owned())?))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_a_hostile_center_writes_is_text_on_every_page() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let admin = Visitor::with_role(&narva, "anna", "admin").await?;
    let mallory = Persona::invent()?;
    mallory.join(&narva, "Mallory").await?;
    let mut link = Conversation::open(&mallory, &narva).await?;
    let mut sent = Vec::new();
    for kind in Kind::ALL {
        let mut all = Vec::new();
        for text in corpus() {
            all.push((text.clone(), record(kind, &text)?));
        }
        for field in schema(kind).fields {
            for text in
                ["javascript:alert(1)", "https://example.org/'onclick='a", "<script>a</script>"]
            {
                let mut fields = record(kind, "a")?;
                if let Some(value) = filled(&field.ty, text, true) {
                    fields.insert(field.name.to_owned(), value);
                    all.push((text.to_owned(), fields));
                }
            }
        }
        for (text, fields) in all {
            let mut draft = mallory.record(kind);
            let fields: Vec<(&str, Value)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            let change = draft.change(&fields)?;
            link.send(&[change]).await?;
            sent.push((kind, draft.key.id.to_string(), text));
        }
    }
    let mut shown: BTreeMap<Kind, usize> = BTreeMap::new();
    let waits = || async {
        let waiting = narva.json(["quarantine", "list", "--limit", "500"]).await?.to_string();
        Ok((!waiting.contains("\"waiting\"")).then_some(()))
    };
    until("all is merged", PATIENCE, waits).await?;
    for (kind, id, text) in &sent {
        let page = admin.get(&format!("/record/{kind}/{id}")).await?;
        let told = format!("{kind} with {text:?}");
        let Some(read) = clean(&told, &page)?.filter(|_| page.status == 200) else { continue };
        // Long ones are cut to what their fields hold.
        let begins: String = text.chars().take(20).collect::<String>();
        let lines = begins.lines().next().unwrap_or_default();
        if read.texts.contains(lines.trim()) {
            *shown.entry(*kind).or_default() += 1;
        }
        for address in addresses().iter().filter(|a| a.method == "GET" && a.path.contains("{id}")) {
            let path = address.path.replace("{id}", id).replace("{kind}", kind.name());
            let path = path.replace("{tag}", "en");
            if path.starts_with(&format!("/{kind}s/")) {
                clean(&format!("{path} of a {told}"), &admin.get(&path).await?)?;
            }
        }
    }
    println!("shown, with the text in it: {shown:?} of {}", sent.len());
    for kind in Kind::ALL {
        ensure!(shown.get(&kind).is_some_and(|count| *count > 5), "{kind}: {shown:?}");
    }
    // Where many are listed.
    let mut listed = String::new();
    for path in
        ["/tonight", "/services", "/templates", "/bulletins", "/offers", "/network", "/people"]
    {
        let page = admin.get(path).await?;
        listed += &clean(path, &page)?.context("no page")?.texts;
    }
    for path in ["/tonight", "/services", "/templates"] {
        let found = admin.post(path, &[("adults", "1"), ("nights", "1"), ("stale", "on")]).await?;
        let to = if found.status == 303 { admin.get(found.location()).await? } else { found };
        listed += &clean(path, &to)?.context("no page")?.texts;
    }
    for text in ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>"] {
        ensure!(listed.contains(text), "{text} is on no list");
    }
    Ok(())
}

#[tokio::test]
async fn what_somebody_types_is_text_on_every_page() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let admin = Visitor::with_role(&narva, "anna", "admin").await?;
    let nobody = Visitor::nobody(&narva);
    let mut forms = BTreeMap::new();
    let pages = addresses().into_iter().filter(|address| address.method == "GET");
    for address in pages {
        for text in corpus() {
            let whole = escaped(&text);
            let path = ["{kind}", "{id}", "{tag}", "{number}", "{name}"]
                .iter()
                .fold(address.path.to_owned(), |path, part| path.replace(part, &whole));
            let names = ["in", "to", "why", "done", "left", "q", "near", "back", text.as_str()];
            let query = names.map(|name| (name, text.as_str()));
            let path = format!("{path}?{}", encoded(&query));
            for visitor in [&nobody, &admin] {
                clean(&path, &visitor.get(&path).await?)?;
            }
        }
        for visitor in [&nobody, &admin] {
            let page = visitor.get(address.path).await?;
            forms.extend(clean(address.path, &page)?.into_iter().flat_map(|page| page.forms));
        }
    }
    ensure!(forms.len() > 8, "only {} forms were found", forms.len());
    // These end the session that asks, and hold nothing that comes back.
    let ends = ["/logout", "/account/language", "/account/session/", "/people/"];
    let kept = |action: &str| ends.iter().any(|path| action.starts_with(path));
    let mut echoed = 0;
    for (action, names) in forms.iter().filter(|(action, _)| !kept(action)) {
        for text in corpus() {
            let fields: Vec<(&str, &str)> = names
                .iter()
                .filter(|name| !name.starts_with('_'))
                .map(|name| (name.as_str(), text.as_str()))
                .collect();
            for visitor in [&nobody, &admin] {
                let answer = match visitor.headers.len() {
                    1 => visitor.send(&format!("POST {action}"), &encoded(&fields)).await?,
                    _ => visitor.post(action, &fields).await?,
                };
                let page = clean(&format!("{action} with {text:?}"), &answer)?;
                echoed += usize::from(page.is_some_and(|page| page.texts.contains(text.trim())));
            }
        }
    }
    ensure!(echoed > 20, "only {echoed} answers gave the text back");
    for text in corpus() {
        for name in ["Accept-Language", "Referer", "User-Agent", "X-Forwarded-Host", "Cookie"] {
            let value = if name == "Cookie" { format!("hospes={text}") } else { text.clone() };
            for path in ["/login", "/no-such-page", "/tonight"] {
                let told = format!("{path} with {name}: {text:?}");
                clean(&told, &nobody.with_header(&format!("{name}: {value}")).get(path).await?)?;
            }
        }
    }
    Ok(())
}
