//! Files to import.

use super::basket::Basket;
use crate::parts::{parts, zip};

pub(super) fn fill(basket: &mut Basket) {
    for (name, text) in TABLES {
        basket.add("csv", *name, *text);
    }
    basket.add("csv", "hostile-wide", ",".repeat(700));
    basket.add("csv", "hostile-utf-16", b"\xff\xfee\0x\0".as_slice());
    for (name, text) in WORKBOOKS {
        basket.add("xlsx", *name, *text);
    }
    for (name, text) in WORKBOOKS.iter().take(1) {
        basket.add("xlsx", format!("{name}.xlsx"), zip(&parts(text.as_bytes())));
    }
    basket.add("xlsx", "hostile-half-an-archive", b"PK\x03\x04\x14\0\0\0".as_slice());
    for (name, text) in DIRECTORIES {
        basket.add("hsds", *name, *text);
    }
    for (name, text) in TEXTS {
        basket.add("markdown", *name, *text);
    }
    let deep: String = (0..40).map(|depth| format!("{}a:\n", "  ".repeat(depth))).collect();
    basket.add("markdown", "hostile-groups-in-each-other", format!("---\n{deep}---\n"));
    let hyphens = "- ".repeat(200);
    let lists = format!("---\ntopics:\n  {hyphens}a: 1\n---\n");
    basket.add("markdown", "hostile-lists-in-each-other", lists);
}

const TABLES: &[(&str, &str)] = &[
    (
        "offers",
        "external_id,country,near_town,place_type,sleeps,languages,party_accepts,cot,note\n\
         h1,EE,Narva,sofa,2,ru:fluent;fi:basic,couple;single_woman,yes,Quiet\n\
         h2,FI,,private_room,4,,,no,\"second floor, no lift\"\n",
    ),
    (
        "services",
        "id;name;profession;languages\ns1;Legal desk;lawyer;ru:native\ns2;Клиника;doctor;uk:fluent\n",
    ),
    (
        "bulletins",
        "external_id\tcategory\turgency\tseverity\tcertainty\tsource\ttexts.en.headline\ttexts.ru.headline\n\
         b1\tborder_notice\timmediate\tsevere\tobserved\tfirst_hand\tBorder closed\tГраница закрыта\n",
    ),
    (
        "remarks",
        "# fill this in\nexternal_id,country,sleeps\n\n# nobody\nh1,EE,'=1+1\nh1,EE,2\n,EE,2\n",
    ),
    ("hostile-quotes", "external_id,note\n\"a\"\"b\n\"c\",\"\n\"\"\"\n"),
    ("hostile-more-cells-than-headings", "external_id,sleeps\na,1,2,3,4\n"),
    ("hostile-a-contact", "external_id,host_name,phone\n1,Anna,+372 5555 1234\n"),
    ("hostile-twice", "external_id,external_id\n1,2\n"),
    ("hostile-names-with-dots", "id,texts.en.headline.x.y.z,texts..,.\n1,a,b,c\n"),
];

const WORKBOOKS: &[(&str, &str)] = &[
    (
        "offers",
        r#"=== [Content_Types].xml
<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>
=== _rels/.rels
<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>
=== xl/workbook.xml
<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="help" sheetId="1" r:id="rId1"/><sheet name="offers" sheetId="2" r:id="rId2"/></sheets></workbook>
=== xl/_rels/workbook.xml.rels
<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>
=== xl/sharedStrings.xml
<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="3" uniqueCount="3"><si><t>external_id</t></si><si><t>country</t></si><si><r><t>sle</t></r><r><t>eps</t></r></si></sst>
=== xl/styles.xml
<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>
=== xl/worksheets/sheet1.xml
<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData/></worksheet>
=== xl/worksheets/sheet2.xml
<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:E3"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="inlineStr"><is><t>place_type</t></is></c><c r="E1" t="str"><v>cot</v></c></row><row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><v>EE</v></c><c r="C2"><v>2</v></c><c r="D2" t="str"><v>sofa</v></c><c r="E2" t="b"><v>1</v></c></row><row r="3"><c r="A3" s="1"><v>46349.25</v></c><c r="B3" t="e"><v>#N/A</v></c><c r="C3" t="d"><v>2026-11-23</v></c></row></sheetData></worksheet>
"#,
    ),
    (
        "hostile-a-far-cell",
        r#"=== xl/workbook.xml
<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="offers" sheetId="1" r:id="rId1"/></sheets></workbook>
=== xl/_rels/workbook.xml.rels
<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>
=== xl/worksheets/sheet1.xml
<worksheet><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="str"><v>external_id</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>
"#,
    ),
    (
        "hostile-a-string-that-is-not-there",
        r#"=== xl/workbook.xml
<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="offers" sheetId="1" r:id="rId1"/></sheets></workbook>
=== xl/_rels/workbook.xml.rels
<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>
=== xl/sharedStrings.xml
<sst count="4000000000" uniqueCount="4000000000"><si><t>external_id</t></si></sst>
=== xl/worksheets/sheet1.xml
<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>99</v></c></row></sheetData></worksheet>
"#,
    ),
];

const DIRECTORIES: &[(&str, &str)] = &[
    (
        "whole",
        "=== organizations.csv\nid,name,url,email\no1,Network for Objectors,network.example.org,desk@example.org\n\
         === services.csv\nid,organization_id,name,description,status,fees,minimum_age\ns1,o1,Hotline,<p>Advice&nbsp;by phone</p>,active,Free,16\n,o1,Unnamed,,inactive,,\n\
         === locations.csv\nid,organization_id,name,latitude,longitude\nl1,o1,Main office,59.3772,28.1903\n\
         === services_at_location.csv\nid,service_id,location_id\nx1,s1,l1\n\
         === phones.csv\nid,service_id,location_id,number,type,extension\np1,s1,,+372 5555 1234,voice,12\np2,,l1,no phone,,\np3,,l1,\"call (372) 5555-1234 or 5555 1235 ext. 9\",fax,\n\
         === physical_addresses.csv\nid,location_id,address_1,city,region,state_province,postal_code,country\na1,l1,Pikk 1,Narva,,Ida-Viru,20304,EE\n\
         === regular_schedules.csv\nid,service_id,weekday,opens_at,closes_at\nr1,s1,Monday,09:00,17:00\nr2,s1,2,9,12:30 PM\n\
         === languages.csv\nid,service_id,language\ng1,s1,Russian\ng2,s1,eng\n\
         === service_areas.csv\nid,service_id,service_area\nv1,s1,Estonia\n\
         === taxonomy_terms.csv\nid,term,taxonomy\nt1,Legal advice,open\n\
         === attributes.csv\nid,link_id,taxonomy_term_id,link_entity\nn1,s1,t1,service\n\
         === contacts.csv\nid,name\nc1,Anna\n",
    ),
    (
        "schedules-of-3-0",
        "=== service.csv\nid,name,organization_id\ns1,Desk,\n\
         === schedule.csv\nid,service_id,freq,byday,opens_at,closes_at,valid_from,valid_to,until\nr1,s1,WEEKLY,\"MO,TU,-1FR\",09:00Z,17:30+03:00,2026-01-01,2027-01-01,\nr2,s1,MONTHLY,3WE,24:00,00:00,9999-99-99,,2020-01-01\n",
    ),
    (
        "hostile-nobody-belongs-to-anybody",
        "=== services.csv\nid,organization_id,name\ns1,s1,s1\ns1,o9,\n\
         === services_at_location.csv\nid,service_id,location_id\n1,s1,s1\n2,s9,l9\n\
         === locations.csv\nid,latitude,longitude\nl9,NaN,1e999\n,-91,181\n",
    ),
    ("hostile-no-services", "=== phones.csv\nid,number\n1,2\n"),
    ("hostile-empty-tables", "=== services.csv\n\n=== phones.csv\n   \n"),
];

const TEXTS: &[(&str, &str)] = &[
    (
        "two-languages",
        "=== asylum.ru.md\n---\ntitle: Ходатайство\ndoc_type: application\njurisdiction: EE\ntopics: [asylum, military_service]\nrole: translation\n\
         placeholders:\n  - key: full_name\n    type: person_name\n    label: Имя и фамилия\n    required: yes\n---\n\n# Ходатайство\n\nЯ, {{ full_name }}, прошу.\n\
         === asylum.en.md\n---\ntitle:\n  en: Application\n  et: Taotlus\ndoc_type: application\njurisdiction: EE\ntopics: [asylum, military_service]\n\
         placeholders:\n  - key: full_name\n    type: person_name\n    label: Full name\n    required: yes\n---\nI, {{ full_name }}, ask.\n",
    ),
    (
        "a-bulletin",
        "---\ncategory: border_notice\nurgency: immediate\nseverity: severe\ncertainty: observed\nsource: first_hand\ntexts:\n  en:\n    headline: Border closed\n    description: |\n      Two lines\n        of text\n---\n",
    ),
    ("no-front-matter", "# Text\n\nOnly a text.\n"),
    (
        "hostile-quotes",
        "---\ntitle: \"a\\\"b\ntopics: [\"a, b, ']\nslug: 'x' y\n---\n{{ {{ }} {{x\n",
    ),
    ("hostile-brackets", "---\ntopics: [[[[[,,,]]\nslug: [\n---\n"),
    ("hostile-marks", "---\n---\n---\n---\n=== ---\n"),
];
