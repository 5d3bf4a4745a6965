//! The elementary functions of the program: those of `libm`, whatever the system has.
//!
//! The transforms and distributions of other crates ask the system for sines and logarithms,
//! and the library of the system takes another way on processors that fuse a multiplication
//! with an addition: other last digits. Here stands what they find instead.
#![expect(unsafe_code, reason = "symbols of the system are given another meaning")]
#![cfg(target_os = "linux")]

/// Functions under the names by which compiled code asks for them.
macro_rules! instead_of_the_system {
    ($($name:ident($($argument:ident),+) = $function:path;)+) => {
        $(
            #[unsafe(no_mangle)]
            extern "C" fn $name($($argument: f64),+) -> f64 {
                $function($($argument),+)
            }
        )+
    };
}

instead_of_the_system! {
    sin(x) = libm::sin;
    cos(x) = libm::cos;
    exp(x) = libm::exp;
    log(x) = libm::log;
    log10(x) = libm::log10;
    pow(x, y) = libm::pow;
    hypot(x, y) = libm::hypot;
}

/// Both at once, as compilers ask for them.
#[unsafe(no_mangle)]
extern "C" fn sincos(x: f64, sine: &mut f64, cosine: &mut f64) {
    (*sine, *cosine) = libm::sincos(x);
}
