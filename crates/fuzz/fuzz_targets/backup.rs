#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    hospes_decoders::backup::backup(bytes);
});
