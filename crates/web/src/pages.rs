//! The pages, one file for each noun.

pub(crate) mod account;
pub(crate) mod ask;
pub(crate) mod bulletins;
pub(crate) mod factor;
pub(crate) mod fault;
pub(crate) mod frame;
pub(crate) mod home;
pub(crate) mod login;
pub(crate) mod network;
pub(crate) mod offer;
pub(crate) mod offers;
pub(crate) mod people;
pub(crate) mod record;
pub(crate) mod services;
pub(crate) mod template;
pub(crate) mod template_blanks;
pub(crate) mod template_facts;
pub(crate) mod template_text;
pub(crate) mod templates;
pub(crate) mod tonight;
pub(crate) mod welcome;
