//! Bytes of the formats that the simulated study comes in.

use std::fmt::Write;

use crate::units::Hertz;

/// How a text file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Commas, decimal points, millivolts with three decimals.
    Plain,
    /// Commas, whole microvolts.
    Microvolts,
    /// A byte order mark, semicolons, decimal commas, millivolts, lines that end as on
    /// Windows.
    Continental,
}

/// A table with a time column and one column a channel; gaps are blank cells. Samples are
/// in volts.
pub(super) fn csv(
    dialect: Dialect,
    rate: Hertz,
    channels: &[(&str, Vec<f64>)],
) -> Vec<u8> {
    let (mark, separator, point, unit, end) = match dialect {
        Dialect::Plain => ("", ',', '.', "mV", "\n"),
        Dialect::Microvolts => ("", ',', '.', "µV", "\n"),
        Dialect::Continental => ("\u{feff}", ';', ',', "mV", "\r\n"),
    };
    let mut text = format!("{mark}time (s)");
    for (name, _) in channels {
        text.extend([separator].into_iter().chain(name.chars()));
        text.extend([" (", unit, ")"]);
    }
    text.push_str(end);
    for i in 0..channels.first().map_or(0, |(_, samples)| samples.len()) {
        thousandths(&mut text, (rate.seconds(i) * 1000.0).round() as i64, point);
        for (_, samples) in channels {
            text.push(separator);
            let microvolts = (samples[i] * 1e6).round();
            match dialect {
                _ if microvolts.is_nan() => {}
                Dialect::Microvolts => _ = write!(text, "{}", microvolts as i64),
                _ => thousandths(&mut text, microvolts as i64, point),
            }
        }
        text.push_str(end);
    }
    text.into_bytes()
}

/// A whole number of thousandths with three decimals.
fn thousandths(text: &mut String, number: i64, point: char) {
    let sign = if number < 0 { "-" } else { "" };
    let (whole, part) = (number.abs() / 1000, number.abs() % 1000);
    // Writing to a string cannot fail.
    _ = write!(text, "{sign}{whole}{point}{part:03}");
}

/// A 16-bit WAV whose full scale is `full_scale` volts. A gap becomes 0: the format knows
/// none.
pub(super) fn wav(rate: Hertz, full_scale: f64, channels: &[Vec<f64>]) -> Vec<u8> {
    let frames = channels.first().map_or(0, Vec::len);
    let (count, width) = (channels.len(), 2 * channels.len());
    let size = (frames * width) as u32;
    let rate = rate.hz().round() as u32;
    let mut bytes = Vec::with_capacity(44 + frames * width);
    bytes.extend(b"RIFF");
    bytes.extend((36 + size).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend([1_u16, count as u16].map(u16::to_le_bytes).concat());
    bytes.extend([rate, rate * width as u32].map(u32::to_le_bytes).concat());
    bytes.extend([width as u16, 16].map(u16::to_le_bytes).concat());
    bytes.extend(b"data");
    bytes.extend(size.to_le_bytes());
    for i in 0..frames {
        for samples in channels {
            // A float becomes the nearest 16-bit number that there is, and NaN becomes 0.
            bytes.extend(
                ((samples[i] / full_scale * 32_768.0).round() as i16).to_le_bytes(),
            );
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_three_dialects() {
        let rate = Hertz::new(1000.0).unwrap();
        let channels =
            [("SOL_L", vec![1.234e-3, f64::NAN]), ("SOL_R", vec![-5.4e-6, 2e-6])];
        let text = |dialect| String::from_utf8(csv(dialect, rate, &channels)).unwrap();
        assert_eq!(
            text(Dialect::Plain),
            "time (s),SOL_L (mV),SOL_R (mV)\n0.000,1.234,-0.005\n0.001,,0.002\n"
        );
        assert_eq!(
            text(Dialect::Microvolts),
            "time (s),SOL_L (µV),SOL_R (µV)\n0.000,1234,-5\n0.001,,2\n"
        );
        assert_eq!(
            text(Dialect::Continental),
            "\u{feff}time (s);SOL_L (mV);SOL_R (mV)\r\n0,000;1,234;-0,005\r\n0,001;;0,002\r\n"
        );
    }

    #[test]
    fn waves_have_a_plain_header() {
        let rate = Hertz::new(1000.0).unwrap();
        let bytes = wav(rate, 2e-3, &[vec![1e-3, -2e-3, 9.0], vec![0.0, 1e-6, f64::NAN]]);
        // The sizes in the header are those of the file.
        assert_eq!(bytes.len(), 44 + 12);
        assert_eq!(bytes[4..8], (bytes.len() as u32 - 8).to_le_bytes());
        assert_eq!(bytes[40..44], 12_u32.to_le_bytes());
        assert_eq!(bytes[22..28], [2, 0, 0xe8, 3, 0, 0]);
        let samples: Vec<i16> = bytes[44..]
            .chunks(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        assert_eq!(samples, [16_384, 0, -32_768, 16, 32_767, 0]);
    }
}
