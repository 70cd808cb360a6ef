//! A town, as it is found and shown.

/// Mean radius of the earth in kilometers (IUGG).
const EARTH_KM: f64 = 6_371.0;

/// A town with at least [`SMALLEST_TOWN`](super::SMALLEST_TOWN) people, or a smaller place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Town {
    /// Its GeoNames number.
    pub id: u32,
    /// Its name in Latin letters, as GeoNames spells it.
    pub name: &'static str,
    /// Its name in Cyrillic letters, if one is known.
    pub cyrillic: Option<&'static str>,
    /// ISO 3166-1 alpha-2 code, such as `EE`.
    pub country: &'static str,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// People who live there.
    pub population: u32,
    /// IANA time zone.
    pub time_zone: &'static str,
}

impl Town {
    /// Great-circle distance in kilometers.
    pub fn distance(&self, latitude: f64, longitude: f64) -> f64 {
        haversine(self.latitude, self.longitude, latitude, longitude)
    }
}

/// Great-circle distance of two places in kilometers.
pub(super) fn haversine(latitude: f64, longitude: f64, to_latitude: f64, to_longitude: f64) -> f64 {
    let (from, to) = (latitude.to_radians(), to_latitude.to_radians());
    let north = ((to - from) / 2.0).sin();
    let east = ((to_longitude - longitude).to_radians() / 2.0).sin();
    let square = north * north + from.cos() * to.cos() * east * east;
    2.0 * EARTH_KM * square.sqrt().min(1.0).asin()
}
