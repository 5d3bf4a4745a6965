//! The literature behind the methods paragraph: a reference is listed when the paragraph
//! cites it.

/// A work: the first author's name and the year, as the paragraph cites them, and the
/// full reference.
struct Work {
    author: &'static str,
    year: &'static str,
    reference: &'static str,
}

const fn work(author: &'static str, year: &'static str, reference: &'static str) -> Work {
    Work { author, year, reference }
}

static WORKS: &[Work] = &[
    work(
        "Amjad",
        "1997",
        "Amjad AM, Halliday DM, Rosenberg JR, Conway BA (1997). An extended difference \
         of coherence test for comparing and combining several independent coherence \
         estimates: theory and application to the study of motor units and physiological \
         tremor. Journal of Neuroscience Methods 73(1), 69–79.",
    ),
    work(
        "Banks",
        "2017",
        "Banks CL, Huang HJ, Little VL, Patten C (2017). Electromyography exposes \
         heterogeneity in muscle co-contraction following stroke. Frontiers in Neurology 8, 699.",
    ),
    work(
        "Besomi",
        "2020",
        "Besomi M, Hodges PW, Clancy EA, et al. (2020). Consensus for experimental \
         design in electromyography (CEDE) project: amplitude normalization matrix. \
         Journal of Electromyography and Kinesiology 53, 102438. \
         doi:10.1016/j.jelekin.2020.102438",
    ),
    work(
        "Besomi",
        "2024",
        "Besomi M, et al. (2024). Consensus for experimental design in electromyography \
         (CEDE) project: checklist for reporting and critically appraising studies using \
         EMG (CEDE-Check). Journal of Electromyography and Kinesiology 76, 102874. \
         doi:10.1016/j.jelekin.2024.102874",
    ),
    work(
        "Bonato",
        "1998",
        "Bonato P, D'Alessio T, Knaflitz M (1998). A statistical method for the \
         measurement of muscle activation intervals from surface myoelectric signal \
         during gait. IEEE Transactions on Biomedical Engineering 45(3), 287–299.",
    ),
    work(
        "Carlstein",
        "1986",
        "Carlstein E (1986). The use of subseries values for estimating the variance of \
         a general statistic from a stationary sequence. The Annals of Statistics 14(3), \
         1171–1179.",
    ),
    work(
        "Chen",
        "2007",
        "Chen W, Wang Z, Xie H, Yu W (2007). Characterization of surface EMG signal \
         based on fuzzy entropy. IEEE Transactions on Neural Systems and Rehabilitation \
         Engineering 15(2), 266–272.",
    ),
    work(
        "Clancy",
        "1994",
        "Clancy EA, Hogan N (1994). Single site electromyograph amplitude estimation. \
         IEEE Transactions on Biomedical Engineering 41(2), 159–167.",
    ),
    work(
        "Conover",
        "1999",
        "Conover WJ (1999). Practical Nonparametric Statistics, 3rd edition. Wiley, New York.",
    ),
    work(
        "Crenshaw",
        "2006",
        "Crenshaw SJ, Richards JG (2006). A method for analyzing joint symmetry and \
         normalcy, with an application to analyzing gait. Gait & Posture 24(4), 515–521.",
    ),
    work(
        "Davies",
        "1987",
        "Davies RB (1987). Hypothesis testing when a nuisance parameter is present only \
         under the alternative. Biometrika 74(1), 33–43.",
    ),
    work(
        "De Luca",
        "1997",
        "De Luca CJ (1997). The use of surface electromyography in biomechanics. Journal \
         of Applied Biomechanics 13(2), 135–163.",
    ),
    work(
        "De Luca",
        "2010",
        "De Luca CJ, Gilmore LD, Kuznetsov M, Roy SH (2010). Filtering the surface EMG \
         signal: movement artifact and baseline noise contamination. Journal of \
         Biomechanics 43(8), 1573–1579.",
    ),
    work(
        "Dimitrov",
        "2006",
        "Dimitrov GV, Arabadzhiev TI, Mileva KN, Bowtell JL, Crichton N, Dimitrova NA \
         (2006). Muscle fatigue during dynamic contractions assessed by new spectral \
         indices. Medicine & Science in Sports & Exercise 38(11), 1971–1979.",
    ),
    work(
        "Efron",
        "1987",
        "Efron B (1987). Better bootstrap confidence intervals. Journal of the American \
         Statistical Association 82(397), 171–185.",
    ),
    work(
        "Falconer",
        "1985",
        "Falconer K, Winter DA (1985). Quantitative assessment of co-contraction at the \
         ankle joint in walking. Electromyography and Clinical Neurophysiology 25(2–3), 135–149.",
    ),
    work(
        "Fieller",
        "1954",
        "Fieller EC (1954). Some problems in interval estimation. Journal of the Royal \
         Statistical Society B 16(2), 175–185.",
    ),
    work(
        "Fisher",
        "1993",
        "Fisher NI (1993). Statistical Analysis of Circular Data. Cambridge University Press.",
    ),
    work(
        "Friston",
        "1994",
        "Friston KJ, Holmes AP, Worsley KJ, Poline JP, Frith CD, Frackowiak RSJ (1994). \
         Statistical parametric maps in functional imaging: a general linear approach. \
         Human Brain Mapping 2(4), 189–210.",
    ),
    work(
        "Fritsch",
        "1984",
        "Fritsch FN, Butland J (1984). A method for constructing local monotone \
         piecewise cubic interpolants. SIAM Journal on Scientific and Statistical \
         Computing 5(2), 300–304.",
    ),
    work(
        "González-Izal",
        "2010",
        "González-Izal M, Malanda A, Navarro-Amézqueta I, Gorostiaga EM, Mallor F, \
         Ibañez J, Izquierdo M (2010). EMG spectral indices and muscle power fatigue \
         during dynamic contractions. Journal of Electromyography and Kinesiology 20(2), 233–240.",
    ),
    work(
        "Gouwanda",
        "2011",
        "Gouwanda D, Senanayake SMNA (2011). Identifying gait asymmetry using \
         gyroscopes: a cross-correlation and normalized symmetry index approach. Journal \
         of Biomechanics 44(5), 972–978.",
    ),
    work(
        "Gustafsson",
        "1996",
        "Gustafsson F (1996). Determining the initial states in forward-backward \
         filtering. IEEE Transactions on Signal Processing 44(4), 988–992.",
    ),
    work(
        "Halliday",
        "1995",
        "Halliday DM, Rosenberg JR, Amjad AM, Breeze P, Conway BA, Farmer SF (1995). A \
         framework for the analysis of mixed time series/point process data: theory and \
         application to the study of physiological tremor, single motor unit discharges \
         and electromyograms. Progress in Biophysics and Molecular Biology 64(2–3), 237–278.",
    ),
    work(
        "Hamed",
        "1998",
        "Hamed KH, Rao AR (1998). A modified Mann–Kendall trend test for autocorrelated \
         data. Journal of Hydrology 204(1–4), 182–196.",
    ),
    work(
        "Hermens",
        "2000",
        "Hermens HJ, Freriks B, Disselhorst-Klug C, Rau G (2000). Development of \
         recommendations for SEMG sensors and sensor placement procedures. Journal of \
         Electromyography and Kinesiology 10(5), 361–374.",
    ),
    work(
        "Hershler",
        "1978",
        "Hershler C, Milner M (1978). An optimality criterion for processing \
         electromyographic (EMG) signals relating to human locomotion. IEEE Transactions \
         on Biomedical Engineering 25(5), 413–420.",
    ),
    work(
        "Hesterberg",
        "2015",
        "Hesterberg TC (2015). What teachers should know about the bootstrap: resampling \
         in the undergraduate statistics curriculum. The American Statistician 69(4), 371–386.",
    ),
    work(
        "Higuchi",
        "1988",
        "Higuchi T (1988). Approach to an irregular time series on the basis of the \
         fractal theory. Physica D 31(2), 277–283.",
    ),
    work(
        "Hodges",
        "1996",
        "Hodges PW, Bui BH (1996). A comparison of computer-based methods for the \
         determination of onset of muscle contraction using electromyography. \
         Electroencephalography and Clinical Neurophysiology 101(6), 511–519.",
    ),
    work(
        "Hudson",
        "1966",
        "Hudson DJ (1966). Fitting segmented curves whose join points have to be \
         estimated. Journal of the American Statistical Association 61(316), 1097–1129.",
    ),
    work(
        "Jonsson",
        "1982",
        "Jonsson B (1982). Measurement and evaluation of local muscular strain in the \
         shoulder during constrained work. Journal of Human Ergology 11(1), 73–88.",
    ),
    work(
        "Kadaba",
        "1989",
        "Kadaba MP, Ramakrishnan HK, Wootten ME, Gainey J, Gorton G, Cochran GVB (1989). \
         Repeatability of kinematic, kinetic, and electromyographic data in normal adult \
         gait. Journal of Orthopaedic Research 7(6), 849–860.",
    ),
    work(
        "Kendall",
        "1975",
        "Kendall MG (1975). Rank Correlation Methods, 4th edition. Griffin, London.",
    ),
    work(
        "Lazarus",
        "2018",
        "Lazarus E, Lewis DJ, Stock JH, Watson MW (2018). HAR inference: recommendations \
         for practice. Journal of Business & Economic Statistics 36(4), 541–559.",
    ),
    work(
        "Lidierth",
        "1986",
        "Lidierth M (1986). A computer based method for automated measurement of the \
         periods of muscular activity from an EMG and its application to locomotor EMGs. \
         Electroencephalography and Clinical Neurophysiology 64(4), 378–380.",
    ),
    work(
        "Luttmann",
        "2000",
        "Luttmann A, Jäger M, Laurig W (2000). Electromyographical indication of \
         muscular fatigue in occupational field studies. International Journal of \
         Industrial Ergonomics 25(6), 645–660.",
    ),
    work(
        "Mann",
        "1945",
        "Mann HB (1945). Nonparametric tests against trend. Econometrica 13(3), 245–259.",
    ),
    work(
        "Marriott",
        "1954",
        "Marriott FHC, Pope JA (1954). Bias in the estimation of autocorrelations. \
         Biometrika 41(3/4), 390–402.",
    ),
    work(
        "Merletti",
        "1991",
        "Merletti R, Lo Conte LR, Orizio C (1991). Indices of muscle fatigue. Journal of \
         Electromyography and Kinesiology 1(1), 20–33.",
    ),
    work(
        "Merletti",
        "1999",
        "Merletti R (1999). Standards for reporting EMG data. Journal of \
         Electromyography and Kinesiology 9(1), III–IV.",
    ),
    work(
        "Moxham",
        "1982",
        "Moxham J, Edwards RHT, Aubier M, De Troyer A, Farkas G, Macklem PT, Roussos C \
         (1982). Changes in EMG power spectrum (high-to-low ratio) with force fatigue in \
         humans. Journal of Applied Physiology 53(5), 1094–1099.",
    ),
    work(
        "Nichols",
        "2002",
        "Nichols TE, Holmes AP (2002). Nonparametric permutation tests for functional \
         neuroimaging: a primer with examples. Human Brain Mapping 15(1), 1–25.",
    ),
    work(
        "Pataky",
        "2010",
        "Pataky TC (2010). Generalized n-dimensional biomechanical field analysis using \
         statistical parametric mapping. Journal of Biomechanics 43(10), 1976–1982.",
    ),
    work(
        "Peng",
        "1994",
        "Peng CK, Buldyrev SV, Havlin S, Simons M, Stanley HE, Goldberger AL (1994). \
         Mosaic organization of DNA nucleotides. Physical Review E 49(2), 1685–1689.",
    ),
    work(
        "Plotnik",
        "2005",
        "Plotnik M, Giladi N, Balash Y, Peretz C, Hausdorff JM (2005). Is freezing of \
         gait in Parkinson's disease related to asymmetric motor function? Annals of \
         Neurology 57(5), 656–663.",
    ),
    work(
        "Richman",
        "2000",
        "Richman JS, Moorman JR (2000). Physiological time-series analysis using \
         approximate entropy and sample entropy. American Journal of Physiology – Heart \
         and Circulatory Physiology 278(6), H2039–H2049.",
    ),
    work(
        "Riedel",
        "1995",
        "Riedel KS, Sidorenko A (1995). Minimum bias multiple taper spectral estimation. \
         IEEE Transactions on Signal Processing 43(1), 188–195.",
    ),
    work(
        "Robinson",
        "1987",
        "Robinson RO, Herzog W, Nigg BM (1987). Use of force platform variables to \
         quantify the effects of chiropractic manipulation on gait symmetry. Journal of \
         Manipulative and Physiological Therapeutics 10(4), 172–176.",
    ),
    work(
        "Rosenberg",
        "1989",
        "Rosenberg JR, Amjad AM, Breeze P, Brillinger DR, Halliday DM (1989). The \
         Fourier approach to the identification of functional coupling between neuronal \
         spike trains. Progress in Biophysics and Molecular Biology 53(1), 1–31.",
    ),
    work(
        "Rudolph",
        "2000",
        "Rudolph KS, Axe MJ, Snyder-Mackler L (2000). Dynamic stability after ACL \
         injury: who can hop? Knee Surgery, Sports Traumatology, Arthroscopy 8(5), 262–269.",
    ),
    work(
        "Sen",
        "1968",
        "Sen PK (1968). Estimates of the regression coefficient based on Kendall's tau. \
         Journal of the American Statistical Association 63(324), 1379–1389.",
    ),
    work(
        "Sinderby",
        "1995",
        "Sinderby C, Lindström L, Grassino AE (1995). Automatic assessment of \
         electromyogram quality. Journal of Applied Physiology 79(5), 1803–1815.",
    ),
    work(
        "Solnik",
        "2010",
        "Solnik S, Rider P, Steinweg K, DeVita P, Hortobágyi T (2010). Teager–Kaiser \
         energy operator signal conditioning improves EMG onset detection. European \
         Journal of Applied Physiology 110(3), 489–498.",
    ),
    work(
        "Theil",
        "1950",
        "Theil H (1950). A rank-invariant method of linear and polynomial regression \
         analysis. Proceedings of the Royal Netherlands Academy of Sciences 53, 386–392, \
         521–525, 1397–1412.",
    ),
    work(
        "Veiersted",
        "1990",
        "Veiersted KB, Westgaard RH, Andersen P (1990). Pattern of muscle activity \
         during stereotyped work and its relation to muscle pain. International Archives \
         of Occupational and Environmental Health 62(1), 31–41.",
    ),
    work(
        "Webber",
        "1994",
        "Webber CL, Zbilut JP (1994). Dynamical assessment of physiological systems and \
         states using recurrence plot strategies. Journal of Applied Physiology 76(2), 965–973.",
    ),
    work(
        "Welch",
        "1947",
        "Welch BL (1947). The generalization of 'Student's' problem when several \
         different population variances are involved. Biometrika 34(1/2), 28–35.",
    ),
    work(
        "Welch",
        "1967",
        "Welch PD (1967). The use of fast Fourier transform for the estimation of power \
         spectra: a method based on time averaging over short, modified periodograms. \
         IEEE Transactions on Audio and Electroacoustics 15(2), 70–73.",
    ),
    work(
        "Whittle",
        "1953",
        "Whittle P (1953). Estimation and information in stationary time series. Arkiv \
         för Matematik 2(5), 423–434.",
    ),
    work(
        "Winter",
        "1987",
        "Winter DA, Yack HJ (1987). EMG profiles during normal human walking: \
         stride-to-stride and inter-subject variability. Electroencephalography and \
         Clinical Neurophysiology 67(5), 402–411.",
    ),
    work(
        "Winter",
        "2009",
        "Winter DA (2009). Biomechanics and Motor Control of Human Movement, 4th \
         edition. Wiley, Hoboken.",
    ),
    work(
        "Zifchock",
        "2008",
        "Zifchock RA, Davis I, Higginson J, Royer T (2008). The symmetry angle: a novel, \
         robust method of quantifying asymmetry. Gait & Posture 27(4), 622–627.",
    ),
    work(
        "Zou",
        "2008",
        "Zou GY, Donner A (2008). Construction of confidence limits about effect \
         measures: a general approach. Statistics in Medicine 27(10), 1693–1702.",
    ),
];

/// The references that a methods paragraph cites, in the order of their authors.
pub(crate) fn cited(paragraph: &str) -> Vec<&'static str> {
    WORKS
        .iter()
        .filter(|work| is_cited(work, paragraph))
        .map(|work| work.reference)
        .collect()
}

/// Every reference there is.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    WORKS.iter().map(|work| work.reference)
}

/// Whether the year follows the author's name closely: `Robinson 1987`, `Hodges & Bui
/// (1996)`.
fn is_cited(work: &Work, paragraph: &str) -> bool {
    paragraph.match_indices(work.author).any(|(at, _)| {
        let after: String =
            paragraph[at..].chars().take(work.author.len() + 40).collect();
        after
            .split([';', '.'])
            .next()
            .is_some_and(|citation| citation.contains(work.year))
            || after.contains(&format!("et al. {}", work.year))
            || after.contains(&format!("et al. ({})", work.year))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Analyses, dictionary};

    #[test]
    fn only_cited_works_are_listed() {
        let paragraph = "Symmetry followed Robinson et al. (1987); onsets Hodges & Bui \
                         (1996). Spectra: Welch 1967.";
        let cited = cited(paragraph);
        assert_eq!(cited.len(), 3, "{cited:?}");
        assert!(
            cited[0].starts_with("Hodges")
                && cited[1].starts_with("Robinson")
                && cited[2].starts_with("Welch")
        );
        assert!(super::cited("De Luca (2010) but nothing of the other year").len() == 1);
        assert!(super::cited("a winter of 2009").is_empty());
    }

    #[test]
    fn every_source_of_a_measure_is_listed() {
        let mut checked = 0;
        for entry in dictionary::entries() {
            let sources = entry.fact.source.split("; ").filter(|one| !one.is_empty());
            for source in sources {
                let found = super::cited(source);
                assert!(!found.is_empty(), "{}: {source}", entry.fact.name);
                checked += 1;
            }
        }
        assert!(checked > 50, "{checked} sources");
    }

    /// The years of a text that stand behind an author; a seed is none, nor is a count.
    fn years(text: &str) -> Vec<(usize, &str)> {
        let digits = text.match_indices(|symbol: char| symbol.is_ascii_digit());
        let year = |(at, _): (usize, &str)| {
            let year = text.get(at..at + 4)?;
            let alone = |other: Option<char>| !other.is_some_and(char::is_alphanumeric);
            let is_year =
                year.parse::<u32>().is_ok_and(|year| (1900..2030).contains(&year))
                    && alone(text[..at].chars().next_back())
                    && alone(text[at + 4..].chars().next());
            let after = &text[at + 4..];
            let is_number = text[..at].ends_with("seed ")
                || [" replicates", " bootstrap"].iter().any(|of| after.starts_with(of));
            (is_year && !is_number).then_some((at, year))
        };
        digits.filter_map(year).collect()
    }

    #[test]
    fn every_citation_of_the_methods_is_listed() {
        let settings =
            ["", "fatigue.whitening = true", "fatigue.estimator = \"multitaper\""];
        let mut checked = 0;
        for settings in settings {
            let text = format!("complexity = true\n{settings}");
            let analyses: Analyses = toml::from_str(&text).unwrap();
            for analysis in analyses.enabled() {
                let tests = analysis.describe_tests().unwrap_or_default();
                let text = format!("{} {tests}", analysis.describe());
                for (at, year) in years(&text) {
                    let before: String = text[..at].chars().rev().take(60).collect();
                    let before: String = before.chars().rev().collect();
                    let is_meant =
                        |work: &Work| work.year == year && before.contains(work.author);
                    assert!(WORKS.iter().any(is_meant), "{before}{year}");
                    checked += 1;
                }
            }
        }
        assert!(checked > 60, "{checked} citations");
    }

    #[test]
    fn references_are_in_the_order_of_their_authors() {
        assert!(WORKS.is_sorted_by_key(|work| (work.author, work.year)));
    }
}
