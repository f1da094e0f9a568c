//! Dates of HTTP fields and of cookies, as seconds since 1970. Neither parser reads a clock: a year of two digits is
//! taken for 1970 to 2069.

/// The seconds of an HTTP-date (RFC 9110 section 5.6.7): IMF-fixdate and both obsolete forms. Names of days are read
/// over, a second of 60 is the next minute's first.
pub fn http_date(text: &str) -> Option<i64> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [day_name, day, month, year, time, "GMT"] if day_name.ends_with(',') => {
            seconds(number(year, 4, 4)?, month, number(day, 2, 2)?, time)
        }
        [day_name, date, time, "GMT"] if day_name.ends_with(',') => {
            let mut parts = date.split('-');
            let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
            let year = century(number(year, 2, 2)?);
            let whole = parts.next().is_none();
            whole.then(|| seconds(year, month, number(day, 2, 2)?, time))?
        }
        [_, month, day, time, year] => {
            seconds(number(year, 4, 4)?, month, number(day, 1, 2)?, time)
        }
        _ => None,
    }
}

/// The seconds of a cookie's `Expires`, by the forgiving algorithm of RFC 6265bis section 5.1.1.
pub fn cookie_date(text: &str) -> Option<i64> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for word in text.split(is_delimiter).filter(|word| !word.is_empty()) {
        if time.is_none() && loose_time(word).is_some() {
            time = loose_time(word);
        } else if day.is_none() && leading_digits(word, 1, 2).is_some() {
            day = leading_digits(word, 1, 2);
        } else if month.is_none() && month_number(word.get(..3).unwrap_or("")).is_some() {
            month = month_number(word.get(..3)?);
        } else if year.is_none() && leading_digits(word, 2, 4).is_some() {
            year = leading_digits(word, 2, 4);
        }
    }
    let year = match year? {
        year @ 0..=99 => century(year),
        year => year,
    };
    let (hour, minute, second) = time?;
    let possible = year >= 1601 && hour <= 23 && minute <= 59 && second <= 59;
    possible.then(|| moment(year, month?, day?, hour, minute, second))?
}

fn is_delimiter(letter: char) -> bool {
    // section 5.1.1: anything but digits, letters, colon, the controls other than tab, and octets beyond ASCII
    matches!(letter, '\t' | ' '..='/' | ';'..='@' | '['..='`' | '{'..='~')
}

fn loose_time(word: &str) -> Option<(i64, i64, i64)> {
    let mut parts = word.splitn(3, ':');
    let hour = number(parts.next()?, 1, 2)?;
    let minute = number(parts.next()?, 1, 2)?;
    let second = leading_digits(parts.next()?, 1, 2)?;
    Some((hour, minute, second))
}

/// A number of so many digits, with anything but a digit behind it.
fn leading_digits(word: &str, least: usize, most: usize) -> Option<i64> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    number(word.get(..digits)?, least, most)
}

/// A number of so many digits and nothing else.
fn number(text: &str, least: usize, most: usize) -> Option<i64> {
    let sound = (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    sound.then(|| text.parse().ok())?
}

fn century(year: i64) -> i64 {
    if year < 70 { year + 2000 } else { year + 1900 }
}

fn month_number(name: &str) -> Option<i64> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let place = NAMES
        .iter()
        .position(|known| name.eq_ignore_ascii_case(known))?;
    i64::try_from(place + 1).ok()
}

fn seconds(year: i64, month: &str, day: i64, time: &str) -> Option<i64> {
    let mut parts = time.split(':');
    let mut next = || number(parts.next()?, 2, 2);
    let (hour, minute, second) = (next()?, next()?, next()?);
    let sound = parts.next().is_none() && hour <= 23 && minute <= 59 && second <= 60;
    sound.then(|| moment(year, month_number(month)?, day, hour, minute, second))?
}

/// Seconds since 1970 of a date of the Gregorian calendar.
fn moment(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> Option<i64> {
    if day < 1 || day > days_of(year, month) {
        return None;
    }
    let before: i64 = (1..month).map(|month| days_of(year, month)).sum();
    let years = year - 1;
    // day 719162 of the calendar is the first of 1970
    let days = years * 365 + years / 4 - years / 100 + years / 400 + before + day - 1 - 719_162;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

fn days_of(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_three_forms_of_rfc_9110_section_5_6_7() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(http_date(text), Some(784_111_777), "{text}");
        }
    }

    #[test]
    fn the_calendar_is_kept() {
        for (text, expected) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Wed, 31 Dec 1969 23:59:59 GMT", Some(-1)),
            ("Tue, 29 Feb 2000 00:00:00 GMT", Some(951_782_400)),
            ("Sat, 31 Dec 2016 23:59:60 GMT", Some(1_483_228_800)),
            ("Mon, 29 Feb 2100 00:00:00 GMT", None),
            ("Sun, 00 Nov 1994 08:49:37 GMT", None),
            ("Sun, 31 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:00:00 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37 CET", None),
            ("Sun, 6 Nov 1994 08:49:37 GMT", None),
            ("0", None),
            ("", None),
        ] {
            assert_eq!(http_date(text), expected, "{text}");
        }
    }

    #[test]
    fn cookie_dates_are_forgiven_much() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "06-Nov-94 08:49:37",
            "08:49:37 november 6th 1994",
            "Sun Nov  6 08:49:37 1994 GMT+0100",
        ] {
            assert_eq!(cookie_date(text), Some(784_111_777), "{text}");
        }
        for text in [
            "",
            "0",
            "Session",
            "06 Nov 1600 00:00:00",
            "06 Nov 1994",
            "06 Nov 1994 25:00:00",
        ] {
            assert_eq!(cookie_date(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC{0,40}", odd in "[0-9:A-Za-z, -]{0,40}") {
            let _ = (http_date(&text), cookie_date(&text), http_date(&odd), cookie_date(&odd));
        }
    }
}
