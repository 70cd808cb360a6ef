//! `hospes token`: tokens for counselors' programs.

use hospes_wire::admin;
use serde_json::json;

use crate::args::{Global, TokenArgs, TokenCommand};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::print::{Printer, ago};

/// Does what was asked with tokens.
pub async fn run(args: TokenArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    match args.command {
        TokenCommand::Add { name, role } => {
            let request =
                admin::AddTokenRequest { name: name.clone(), role: role.word().to_owned() };
            let token = node.add_token(request).await?.into_inner().token;
            if printer.is_json() {
                printer.json(&json!({"name": name, "role": role.word(), "token": token}));
            } else {
                // Alone on the standard output, so that a script can take it.
                printer.raw(&format!("{token}\n"));
                printer.note("This is the token, shown once. Give it as HOSPES_TOKEN=...");
            }
        }
        TokenCommand::Remove { name } => {
            let answer = node.remove_token(admin::TokenRequest { name: name.clone() }).await?;
            let changed = answer.into_inner().changed;
            if printer.is_json() {
                printer.json(&json!({"name": name, "changed": changed}));
            } else if changed {
                printer.line(format!("The token {name} is useless now."));
            } else {
                return Err(Failure::new(
                    Exit::NotFound,
                    format!("there is no token called {name:?}"),
                )
                .try_next("hospes token list"));
            }
        }
        TokenCommand::List => {
            let tokens = node.list_tokens(admin::ListTokensRequest {}).await?.into_inner().tokens;
            if printer.is_json() {
                let list: Vec<_> = tokens
                    .iter()
                    .map(|token| {
                        json!({
                            "name": token.name, "role": token.role,
                            "created": token.created, "last_used": token.last_used,
                        })
                    })
                    .collect();
                printer.json(&json!(list));
            } else if tokens.is_empty() {
                printer.line("No tokens yet:  hospes token add NAME --role counselor");
            } else {
                let rows = tokens
                    .into_iter()
                    .map(|token| {
                        let used = if token.last_used.is_empty() {
                            "never".to_owned()
                        } else {
                            token.last_used
                        };
                        vec![token.name, token.role, ago(token.created), used]
                    })
                    .collect();
                printer.table(&["token", "role", "made", "last used"], rows);
            }
        }
    }
    Ok(Exit::Ok)
}
