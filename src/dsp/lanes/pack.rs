//! Vector registers as numbers.
//!
//! Every operation works lane by lane and rounds as it does on single numbers (nothing is
//! fused), so the bits of a result do not depend on the register.
#![expect(
    unsafe_code,
    reason = "vector instructions; kernels use packs only where the processor has their features"
)]

use std::arch::x86_64::{
    __m128d, __m256d, __m512d, _CMP_LT_OQ, _mm_add_pd, _mm_and_pd, _mm_andnot_pd,
    _mm_cmplt_pd, _mm_cvtsd_f64, _mm_mul_pd, _mm_set1_pd, _mm_setzero_pd, _mm_sub_pd,
    _mm_unpackhi_pd, _mm_unpacklo_pd, _mm256_add_pd, _mm256_and_pd, _mm256_andnot_pd,
    _mm256_blend_pd, _mm256_cmp_pd, _mm256_extractf128_pd, _mm256_mul_pd,
    _mm256_permute2f128_pd, _mm256_permute4x64_pd, _mm256_set1_pd, _mm256_setzero_pd,
    _mm256_sub_pd, _mm256_unpackhi_pd, _mm256_unpacklo_pd, _mm512_abs_pd, _mm512_add_pd,
    _mm512_cmp_pd_mask, _mm512_maskz_mov_pd, _mm512_mul_pd, _mm512_set1_pd,
    _mm512_setzero_pd, _mm512_shuffle_f64x2, _mm512_sub_pd, _mm512_unpackhi_pd,
    _mm512_unpacklo_pd,
};
use std::array::from_fn;
use std::mem::transmute;
use std::ops::{Add, Mul, Sub};

/// The most lanes of a pack.
pub(super) const MOST: usize = 8;

/// Numbers that are computed with together.
///
/// A pack may only be made and used where the processor has the instructions of its
/// registers.
pub(super) trait Pack:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
{
    /// How many numbers it holds.
    const LANES: usize;

    /// Zeros.
    const ZERO: Self;

    /// The first numbers, one for each lane.
    fn from_lanes(lanes: [f64; MOST]) -> Self;

    /// The number of each lane; zeros beyond the last one.
    fn lanes(self) -> [f64; MOST];
}

/// A pack whose lanes are channels: a sample of each is a frame.
pub(super) trait ChannelPack: Pack {
    /// How many frames in a row are turned at once from samples of channels, and back.
    const TILE: usize;

    /// As many frames.
    type Tile: Copy + AsRef<[Self]> + AsMut<[Self]>;

    /// The frames that begin with sample `at` of the channels.
    fn read(channels: &[&[f64]; MOST], at: usize) -> Self::Tile;

    /// Puts frames into the channels, from sample `at` on; lanes without a channel are
    /// dropped.
    fn write(tile: Self::Tile, channels: &mut [&mut [f64]], at: usize);

    /// The frames of a tile that are stored one after another.
    fn tile(stored: &[f64]) -> Self::Tile;

    /// The magnitudes.
    fn magnitude(self) -> Self;

    /// The numbers with zeros for those below zero, and ones for those.
    fn not_negative(self) -> (Self, Self);

    /// The frame that is stored in a slice of as many numbers as there are lanes.
    #[inline(always)]
    fn load(stored: &[f64]) -> Self {
        let mut lanes = [0.0; MOST];
        lanes[..Self::LANES].copy_from_slice(&stored[..Self::LANES]);
        Self::from_lanes(lanes)
    }

    /// Stores the frame in a slice of as many numbers as there are lanes.
    #[inline(always)]
    fn store(self, stored: &mut [f64]) {
        stored[..Self::LANES].copy_from_slice(&self.lanes()[..Self::LANES]);
    }
}

/// A pack whose lanes are the sections of one filter, each a little behind the one
/// before.
pub(super) trait Pipeline: Pack {
    /// How many samples a section is behind the one before it, 1 or 2. With two, what a
    /// section made has time to reach the next one while its own recurrence goes on.
    const BEHIND: usize;

    /// Every number moves up a lane, and a new one enters the first.
    fn pushed(self, enters: f64) -> Self;

    /// The number in the last lane.
    fn last(self) -> f64;
}

/// `N` samples in a row.
#[inline(always)]
fn row<const N: usize>(samples: &[f64], at: usize) -> [f64; N] {
    let mut row = [0.0; N];
    row.copy_from_slice(&samples[at..at + N]);
    row
}

/// What no arithmetic of packs can say.
trait Register: Sized {
    fn magnitude(self) -> Self;
    fn not_negative(self) -> (Self, Self);
}

impl Register for __m128d {
    #[inline(always)]
    fn magnitude(self) -> Self {
        // SAFETY: as for the arithmetic of packs.
        unsafe { _mm_andnot_pd(_mm_set1_pd(-0.0), self) }
    }

    #[inline(always)]
    fn not_negative(self) -> (Self, Self) {
        // SAFETY: as for the arithmetic of packs.
        unsafe {
            let below = _mm_cmplt_pd(self, _mm_setzero_pd());
            (_mm_andnot_pd(below, self), _mm_and_pd(below, _mm_set1_pd(1.0)))
        }
    }
}

impl Register for __m256d {
    #[inline(always)]
    fn magnitude(self) -> Self {
        // SAFETY: as for the arithmetic of packs.
        unsafe { _mm256_andnot_pd(_mm256_set1_pd(-0.0), self) }
    }

    #[inline(always)]
    fn not_negative(self) -> (Self, Self) {
        // SAFETY: as for the arithmetic of packs.
        unsafe {
            let below = _mm256_cmp_pd::<_CMP_LT_OQ>(self, _mm256_setzero_pd());
            (_mm256_andnot_pd(below, self), _mm256_and_pd(below, _mm256_set1_pd(1.0)))
        }
    }
}

impl Register for __m512d {
    #[inline(always)]
    fn magnitude(self) -> Self {
        // SAFETY: as for the arithmetic of packs.
        unsafe { _mm512_abs_pd(self) }
    }

    #[inline(always)]
    fn not_negative(self) -> (Self, Self) {
        // SAFETY: as for the arithmetic of packs.
        unsafe {
            let below = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(self, _mm512_setzero_pd());
            (
                _mm512_maskz_mov_pd(!below, self),
                _mm512_maskz_mov_pd(below, _mm512_set1_pd(1.0)),
            )
        }
    }
}

/// The arithmetic of a pack of so many registers, and its numbers as an array.
macro_rules! pack {
    (
        $(#[$what:meta])* $pack:ident, $register:ty, $registers:literal, $lanes:literal,
        $add:ident, $sub:ident, $mul:ident
    ) => {
        $(#[$what])*
        #[derive(Debug, Clone, Copy)]
        pub(super) struct $pack([$register; $registers]);

        impl $pack {
            #[inline(always)]
            fn from_array(lanes: [f64; $lanes]) -> Self {
                // SAFETY: arrays of numbers and registers of as many numbers have the
                // same size, and any bits are valid.
                Self(unsafe { transmute::<[f64; $lanes], [$register; $registers]>(lanes) })
            }

            #[inline(always)]
            fn array(self) -> [f64; $lanes] {
                // SAFETY: as for `from_array`.
                unsafe { transmute::<[$register; $registers], [f64; $lanes]>(self.0) }
            }
        }

        impl Add for $pack {
            type Output = Self;

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                let mut result = self.0;
                for (one, other) in result.iter_mut().zip(other.0) {
                    // SAFETY: packs are used only where the processor has their
                    // instructions.
                    *one = unsafe { $add(*one, other) };
                }
                Self(result)
            }
        }

        impl Sub for $pack {
            type Output = Self;

            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                let mut result = self.0;
                for (one, other) in result.iter_mut().zip(other.0) {
                    // SAFETY: as for `add`.
                    *one = unsafe { $sub(*one, other) };
                }
                Self(result)
            }
        }

        impl Mul for $pack {
            type Output = Self;

            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                let mut result = self.0;
                for (one, other) in result.iter_mut().zip(other.0) {
                    // SAFETY: as for `add`.
                    *one = unsafe { $mul(*one, other) };
                }
                Self(result)
            }
        }

        impl Pack for $pack {
            const LANES: usize = $lanes;

            // SAFETY: all bits zero are the numbers 0.
            const ZERO: Self = unsafe { std::mem::zeroed() };

            #[inline(always)]
            fn from_lanes(lanes: [f64; MOST]) -> Self {
                Self::from_array(from_fn(|lane| lanes[lane]))
            }

            #[inline(always)]
            fn lanes(self) -> [f64; MOST] {
                let array = self.array();
                from_fn(|lane| if lane < $lanes { array[lane] } else { 0.0 })
            }
        }
    };
}

/// What all packs of channels share.
macro_rules! frames {
    ($lanes:literal) => {
        #[inline(always)]
        fn tile(stored: &[f64]) -> Self::Tile {
            from_fn(|frame| Self::from_array(row(stored, frame * $lanes)))
        }

        #[inline(always)]
        fn magnitude(self) -> Self {
            let mut result = self.0;
            for register in &mut result {
                *register = register.magnitude();
            }
            Self(result)
        }

        #[inline(always)]
        fn not_negative(self) -> (Self, Self) {
            let (mut values, mut below) = (self.0, self.0);
            for (value, below) in values.iter_mut().zip(&mut below) {
                (*value, *below) = value.not_negative();
            }
            (Self(values), Self(below))
        }
    };
}

pack!(
    /// Eight channels in one AVX-512 register.
    Eight512, __m512d, 1, 8, _mm512_add_pd, _mm512_sub_pd, _mm512_mul_pd
);

impl ChannelPack for Eight512 {
    const TILE: usize = 8;

    type Tile = [Self; 8];

    frames!(8);

    #[inline(always)]
    fn read(channels: &[&[f64]; MOST], at: usize) -> Self::Tile {
        turned_8(from_fn(|channel| Self::from_array(row(channels[channel], at))))
    }

    #[inline(always)]
    fn write(tile: Self::Tile, channels: &mut [&mut [f64]], at: usize) {
        for (channel, row) in channels.iter_mut().zip(turned_8(tile)) {
            channel[at..at + 8].copy_from_slice(&row.array());
        }
    }
}

/// Rows become columns.
#[inline(always)]
fn turned_8(rows: [Eight512; 8]) -> [Eight512; 8] {
    let rows = rows.map(|row| row.0[0]);
    // SAFETY: as for the arithmetic of packs.
    let low: [__m512d; 4] =
        from_fn(|i| unsafe { _mm512_unpacklo_pd(rows[2 * i], rows[2 * i + 1]) });
    // SAFETY: the same.
    let high: [__m512d; 4] =
        from_fn(|i| unsafe { _mm512_unpackhi_pd(rows[2 * i], rows[2 * i + 1]) });
    let ([a, c, e, g], [b, d, f, h]) = (turned_blocks(low), turned_blocks(high));
    [a, b, c, d, e, f, g, h].map(|frame| Eight512([frame]))
}

/// Rows of four blocks of two numbers become columns.
#[inline(always)]
fn turned_blocks([a, b, c, d]: [__m512d; 4]) -> [__m512d; 4] {
    const FIRST_AND_THIRD: i32 = 0b10_00_10_00;
    const SECOND_AND_FOURTH: i32 = 0b11_01_11_01;
    // SAFETY: as for the arithmetic of packs.
    unsafe {
        let (even_ab, odd_ab) = (
            _mm512_shuffle_f64x2::<FIRST_AND_THIRD>(a, b),
            _mm512_shuffle_f64x2::<SECOND_AND_FOURTH>(a, b),
        );
        let (even_cd, odd_cd) = (
            _mm512_shuffle_f64x2::<FIRST_AND_THIRD>(c, d),
            _mm512_shuffle_f64x2::<SECOND_AND_FOURTH>(c, d),
        );
        [
            _mm512_shuffle_f64x2::<FIRST_AND_THIRD>(even_ab, even_cd),
            _mm512_shuffle_f64x2::<FIRST_AND_THIRD>(odd_ab, odd_cd),
            _mm512_shuffle_f64x2::<SECOND_AND_FOURTH>(even_ab, even_cd),
            _mm512_shuffle_f64x2::<SECOND_AND_FOURTH>(odd_ab, odd_cd),
        ]
    }
}

/// Four samples of each of four channels, as frames.
#[inline(always)]
fn quarter(channels: &[&[f64]; MOST], first: usize, at: usize) -> [__m256d; 4] {
    let mut rows = [Four256::ZERO.0[0]; 4];
    for (row_of, channel) in rows.iter_mut().zip(&channels[first..first + 4]) {
        *row_of = Four256::from_array(row(channel, at)).0[0];
    }
    turned_4(rows)
}

/// Rows of four numbers become columns.
#[inline(always)]
fn turned_4([a, b, c, d]: [__m256d; 4]) -> [__m256d; 4] {
    // SAFETY: as for the arithmetic of packs.
    unsafe {
        let (even_ab, odd_ab) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
        let (even_cd, odd_cd) = (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
        [
            _mm256_permute2f128_pd::<0x20>(even_ab, even_cd),
            _mm256_permute2f128_pd::<0x20>(odd_ab, odd_cd),
            _mm256_permute2f128_pd::<0x31>(even_ab, even_cd),
            _mm256_permute2f128_pd::<0x31>(odd_ab, odd_cd),
        ]
    }
}

pack!(
    /// Eight channels in two AVX registers.
    Eight256, __m256d, 2, 8, _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd
);

impl ChannelPack for Eight256 {
    const TILE: usize = 4;

    type Tile = [Self; 4];

    frames!(8);

    #[inline(always)]
    fn read(channels: &[&[f64]; MOST], at: usize) -> Self::Tile {
        let [[a, b, c, d], [e, f, g, h]] =
            [quarter(channels, 0, at), quarter(channels, 4, at)];
        [Self([a, e]), Self([b, f]), Self([c, g]), Self([d, h])]
    }

    #[inline(always)]
    fn write(tile: Self::Tile, channels: &mut [&mut [f64]], at: usize) {
        let [a, b, c, d] = tile;
        for (half, channels) in channels.chunks_mut(4).enumerate() {
            let half = [
                Four256([a.0[half]]),
                Four256([b.0[half]]),
                Four256([c.0[half]]),
                Four256([d.0[half]]),
            ];
            Four256::write(half, channels, at);
        }
    }
}

pack!(
    /// Four channels, or four sections of one filter, in one AVX register.
    Four256, __m256d, 1, 4, _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd
);

impl ChannelPack for Four256 {
    const TILE: usize = 4;

    type Tile = [Self; 4];

    frames!(4);

    #[inline(always)]
    fn read(channels: &[&[f64]; MOST], at: usize) -> Self::Tile {
        let [a, b, c, d] = quarter(channels, 0, at);
        [Self([a]), Self([b]), Self([c]), Self([d])]
    }

    #[inline(always)]
    fn write(tile: Self::Tile, channels: &mut [&mut [f64]], at: usize) {
        let [a, b, c, d] = tile;
        for (channel, row) in
            channels.iter_mut().zip(turned_4([a.0[0], b.0[0], c.0[0], d.0[0]]))
        {
            channel[at..at + 4].copy_from_slice(&Self([row]).array());
        }
    }
}

impl Pipeline for Four256 {
    const BEHIND: usize = 2;

    #[inline(always)]
    fn pushed(self, enters: f64) -> Self {
        // SAFETY: as for the arithmetic of packs.
        Self([unsafe {
            _mm256_blend_pd::<1>(
                _mm256_permute4x64_pd::<0b10_01_00_00>(self.0[0]),
                _mm256_set1_pd(enters),
            )
        }])
    }

    #[inline(always)]
    fn last(self) -> f64 {
        // SAFETY: as for the arithmetic of packs.
        unsafe {
            let upper = _mm256_extractf128_pd::<1>(self.0[0]);
            _mm_cvtsd_f64(_mm_unpackhi_pd(upper, upper))
        }
    }
}

pack!(
    /// Eight channels in four SSE2 registers.
    Eight128, __m128d, 4, 8, _mm_add_pd, _mm_sub_pd, _mm_mul_pd
);

impl ChannelPack for Eight128 {
    const TILE: usize = 2;

    type Tile = [Self; 2];

    frames!(8);

    #[inline(always)]
    fn read(channels: &[&[f64]; MOST], at: usize) -> Self::Tile {
        let pair = |i: usize| {
            turned_2([0, 1].map(|one| Two128::from_array(row(channels[2 * i + one], at))))
        };
        let pairs = [pair(0), pair(1), pair(2), pair(3)];
        [0, 1].map(|frame| Self(pairs.map(|pair| pair[frame].0[0])))
    }

    #[inline(always)]
    fn write(tile: Self::Tile, channels: &mut [&mut [f64]], at: usize) {
        for (pair, channels) in channels.chunks_mut(2).enumerate() {
            for (channel, row) in channels
                .iter_mut()
                .zip(turned_2(tile.map(|frame| Two128([frame.0[pair]]))))
            {
                channel[at..at + 2].copy_from_slice(&row.array());
            }
        }
    }
}

pack!(
    /// Two sections of one filter in one SSE2 register.
    Two128, __m128d, 1, 2, _mm_add_pd, _mm_sub_pd, _mm_mul_pd
);

/// Rows of two numbers become columns.
#[inline(always)]
fn turned_2([a, b]: [Two128; 2]) -> [Two128; 2] {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe {
        [
            Two128([_mm_unpacklo_pd(a.0[0], b.0[0])]),
            Two128([_mm_unpackhi_pd(a.0[0], b.0[0])]),
        ]
    }
}

impl Pipeline for Two128 {
    const BEHIND: usize = 1;

    #[inline(always)]
    fn pushed(self, enters: f64) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        Self([unsafe { _mm_unpacklo_pd(_mm_set1_pd(enters), self.0[0]) }])
    }

    #[inline(always)]
    fn last(self) -> f64 {
        // SAFETY: every x86-64 processor has SSE2.
        unsafe { _mm_cvtsd_f64(_mm_unpackhi_pd(self.0[0], self.0[0])) }
    }
}

/// One section alone.
impl Pack for f64 {
    const LANES: usize = 1;

    const ZERO: Self = 0.0;

    #[inline(always)]
    fn from_lanes(lanes: [f64; MOST]) -> Self {
        lanes[0]
    }

    #[inline(always)]
    fn lanes(self) -> [f64; MOST] {
        let mut lanes = [0.0; MOST];
        lanes[0] = self;
        lanes
    }
}

impl Pipeline for f64 {
    const BEHIND: usize = 1;

    #[inline(always)]
    fn pushed(self, enters: f64) -> Self {
        enters
    }

    #[inline(always)]
    fn last(self) -> f64 {
        self
    }
}
