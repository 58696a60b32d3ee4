//! X.509 client certificates, as far as Kubernetes looks at them: the common name is the user, organisations are groups
//! (`k8s.io/apiserver/pkg/authentication/request/x509`). Signatures are not checked.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::base64;

/// Whom a certificate speaks of, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The user.
    pub common_name: String,
    /// The groups.
    pub organizations: Vec<String>,
    /// The end of its validity.
    pub expires: Timestamp,
}

impl Certificate {
    /// The first certificate in a PEM file.
    pub fn from_pem(text: &str) -> Option<Self> {
        let (_, body) = text.split_once("-----BEGIN CERTIFICATE-----")?;
        let (body, _) = body.split_once("-----END CERTIFICATE-----")?;
        let body: String = body.split_whitespace().collect();
        Self::from_der(&base64::decode(&body)?)
    }

    /// Whether it expired before `today` (UTC).
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.to_zoned(TimeZone::UTC).date() < today
    }

    /// `Certificate` of RFC 5280 §4.1.
    fn from_der(der: &[u8]) -> Option<Self> {
        let mut certificate = Der(Der(der).value(SEQUENCE)?);
        let mut body = Der(certificate.value(SEQUENCE)?);
        // The version, only written where it is not 1.
        let _ = body.value(CONTEXT_0);
        body.value(INTEGER)?;
        let (_algorithm, _issuer) = (body.value(SEQUENCE)?, body.value(SEQUENCE)?);
        let mut validity = Der(body.value(SEQUENCE)?);
        let (_from, (tag, until)) = (validity.next()?, validity.next()?);
        let mut subject = Der(body.value(SEQUENCE)?);
        let (mut common_name, mut organizations) = (String::new(), Vec::new());
        while let Some(name) = subject.value(SET) {
            let mut attribute = Der(Der(name).value(SEQUENCE)?);
            let (kind, (_, text)) = (attribute.value(OBJECT_IDENTIFIER)?, attribute.next()?);
            let text = String::from_utf8_lossy(text).into_owned();
            match kind {
                COMMON_NAME => common_name = text,
                ORGANIZATION => organizations.push(text),
                _ => {}
            }
        }
        Some(Self { common_name, organizations, expires: time(tag, until)? })
    }
}

/// Whether `text` is a PEM file with a private key in it, not just the frame of one.
pub fn is_private_key(text: &str) -> bool {
    /// The shortest there is: Ed25519, in PKCS #8.
    const SHORTEST_KEY: usize = 48;
    let key = || {
        let (label, rest) = text.split_once("-----BEGIN ")?.1.split_once("-----")?;
        let (body, _) = rest.split_once("-----END ")?;
        let is_header = |line: &&str| line.contains(':');
        let body: String = body.lines().filter(|line| !is_header(line)).map(str::trim).collect();
        label.ends_with("PRIVATE KEY").then(|| base64::decode(&body))?
    };
    key().is_some_and(|bytes| bytes.len() >= SHORTEST_KEY)
}

const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const CONTEXT_0: u8 = 0xa0;
/// 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// 2.5.4.10
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];

/// DER that is read value by value.
struct Der<'d>(&'d [u8]);

impl<'d> Der<'d> {
    /// The next value and its tag.
    fn next(&mut self) -> Option<(u8, &'d [u8])> {
        let (&[tag, length], rest) = self.0.split_first_chunk()?;
        let (length, rest) = match length {
            0..=0x7f => (usize::from(length), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, value))
    }

    /// The next value, if it has that tag; else nothing is read.
    fn value(&mut self, wanted: u8) -> Option<&'d [u8]> {
        let mut ahead = Self(self.0);
        let (tag, value) = ahead.next()?;
        (tag == wanted).then(|| {
            self.0 = ahead.0;
            value
        })
    }
}

/// `YYMMDDHHMMSSZ` up to 2049, `YYYYMMDDHHMMSSZ` from then on (RFC 5280 §4.1.2.5).
fn time(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let text = str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: i16 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let mut pairs = rest.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).ok()?.parse::<i8>().ok());
    let mut next = || pairs.next().flatten();
    let (month, day, hour, minute, second) = (next()?, next()?, next()?, next()?, next()?);
    let time = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
