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

/// Whether `text` is a PEM file with a private key in it, not just the frame of one, and none with a passphrase: kubectl
/// cannot ask for that.
pub fn is_private_key(text: &str) -> bool {
    /// The shortest there is: Ed25519, in PKCS #8.
    const SHORTEST_KEY: usize = 48;
    let key = || {
        let (label, rest) = text.split_once("-----BEGIN ")?.1.split_once("-----")?;
        let (body, _) = rest.split_once("-----END ")?;
        let body: String = body.lines().map(str::trim).collect();
        let is_open = label.ends_with("PRIVATE KEY") && !label.contains("ENCRYPTED");
        // The header of an encrypted key is no base64.
        is_open.then(|| base64::decode(&body))?
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

#[cfg(test)]
mod tests {
    use super::*;

    /// kubernetes-admin in system:masters, until 2027-10-01; its key was thrown away.
    const ADMIN: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJOVENCM0tBREFnRUNBZ0VITUFvR0NDcUdTTTQ5QkFNQ01CVXhFekFSQmdO\
         VkJBTU1DbXQxWW1WeWJtVjAKWlhNd0hoY05Nall4TURBeE1EQXdNREF3V2hjTk1qY3hNREF4TURBd01EQXdXakEwTVJjd0ZRWURW\
         UVFLREE1egplWE4wWlcwNmJXRnpkR1Z5Y3pFWk1CY0dBMVVFQXd3UWEzVmlaWEp1WlhSbGN5MWhaRzFwYmpCWk1CTUdCeXFHClNN\
         NDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQUJJR3dUZmtWMlNRU2k2UW1pSHk0ZUV5aEtSL1RneXJMQ21VK0pNbmUKZ0QyM3lOeFNZV2JU\
         OUhZYWxqY2RNZ2VYNWl2cGZIRHZkY0xGQ2VXd3Z3TUVaUW93Q2dZSUtvWkl6ajBFQXdJRApTQUF3UlFJaEFPTHpGU0x0VGdGWjc1\
         ZitXb1FheWJVSHhOUGRCZThRQXlTRWhDVVAxY1BQQWlCdHZkem5RUkpHCjROYkVzbVkzNXJPQWZyNDFYemtRN1NWeTUyQXN6eVVO\
         Vnc9PQotLS0tLUVORCBDRVJUSUZJQ0FURS0tLS0tCg==";

    fn pem() -> String {
        base64::decode_text(ADMIN).unwrap()
    }

    #[test]
    fn a_certificate_tells_user_groups_and_end() {
        let certificate = Certificate::from_pem(&pem()).unwrap();
        assert_eq!(certificate.common_name, "kubernetes-admin");
        assert_eq!(certificate.organizations, ["system:masters"]);
        assert_eq!(certificate.expires.to_string(), "2027-10-01T00:00:00Z");
        let is_expired = |day: &str| certificate.is_expired(day.parse().unwrap());
        assert!(!is_expired("2027-10-01") && is_expired("2027-10-02"));
    }

    #[test]
    fn what_is_cut_off_is_none() {
        let pem = pem();
        for end in (0..pem.len()).step_by(7) {
            assert_eq!(Certificate::from_pem(pem.get(..end).unwrap()), None);
        }
    }

    #[test]
    fn times_of_both_kinds() {
        for (tag, text, expected) in [
            (UTC_TIME, "491231235959Z", Some("2049-12-31T23:59:59Z")),
            (UTC_TIME, "500101000000Z", Some("1950-01-01T00:00:00Z")),
            (GENERALIZED_TIME, "20561001000000Z", Some("2056-10-01T00:00:00Z")),
            (UTC_TIME, "491331235959Z", None),
            (UTC_TIME, "4912312359Z", None),
            (UTC_TIME, "491231235959", None),
            (SEQUENCE, "491231235959Z", None),
        ] {
            let found = time(tag, text.as_bytes()).map(|time| time.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn keys_are_more_than_a_frame() {
        let body = "MC4CAQAwBQYDK2VwBCIEIO".to_owned() + &"Ab3d".repeat(12);
        for (text, is_key) in [
            (format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"), true),
            (format!("-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n"), true),
            (
                format!("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{body}\n-----END RSA"),
                false,
            ),
            ("-----BEGIN PRIVATE KEY-----\nZmFrZQ==\n-----END PRIVATE KEY-----\n".to_owned(), false),
            (format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"), false),
            (body, false),
        ] {
            assert_eq!(is_private_key(&text), is_key);
        }
    }
}
