//! Colour maps that are perceptually uniform and sequential: equal steps of the value look equally large, and lightness
//! only grows, so that they also work in grey and for people who see few colours. No rainbow.
//!
//! Sources of the tables, rounded to 8 bits: viridis, magma and inferno by Nathaniel J. Smith, Stéfan van der Walt and
//! Eric Firing (viridis), 2015, dedicated to the public domain (CC0); cividis by Nuñez, Anderton and Renslow,
//! "Optimizing colormaps with consideration for color vision deficiency", PLOS ONE 13(7): e0199239, 2018, published
//! free of all copyright (CC0).

use serde::{Deserialize, Serialize};

use super::fraction::fraction;

/// A sequential colour map, dark for low values and light for high ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColourMap {
    /// Dark violet over green to yellow.
    #[default]
    Viridis,
    /// Dark blue over grey to yellow; looks the same with and without red-green colour blindness.
    Cividis,
    /// Black over purple to pale yellow.
    Magma,
    /// Black over red to pale yellow.
    Inferno,
    /// Black to white.
    Grey,
}

impl ColourMap {
    /// All colour maps, the default first.
    pub const ALL: [Self; 5] = [
        Self::Viridis,
        Self::Cividis,
        Self::Magma,
        Self::Inferno,
        Self::Grey,
    ];

    /// The name in lower case: `"viridis"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viridis => "viridis",
            Self::Cividis => "cividis",
            Self::Magma => "magma",
            Self::Inferno => "inferno",
            Self::Grey => "grey",
        }
    }

    /// The colour map with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|map| map.name() == name)
    }

    /// Its 256 colours, red, green and blue, from the low to the high end.
    pub fn table(self) -> &'static [[u8; 3]; 256] {
        match self {
            Self::Viridis => &VIRIDIS_TABLE,
            Self::Cividis => &CIVIDIS_TABLE,
            Self::Magma => &MAGMA_TABLE,
            Self::Inferno => &INFERNO_TABLE,
            Self::Grey => &GREY_TABLE,
        }
    }

    /// The colour of `value` where `range` spans the table. Values outside take the nearest end, not-a-number the low.
    #[inline]
    pub fn colour(self, value: f32, range: [f32; 2]) -> [u8; 3] {
        let index = (fraction(value, range) * 255.0).round() as u8;
        // A table has an entry for every byte, and the compiler knows it.
        #[allow(
            clippy::indexing_slicing,
            reason = "256 entries, and the index is a byte"
        )]
        self.table()[usize::from(index)]
    }
}

static VIRIDIS_TABLE: [[u8; 3]; 256] = parse(VIRIDIS);
static CIVIDIS_TABLE: [[u8; 3]; 256] = parse(CIVIDIS);
static MAGMA_TABLE: [[u8; 3]; 256] = parse(MAGMA);
static INFERNO_TABLE: [[u8; 3]; 256] = parse(INFERNO);
#[allow(
    clippy::indexing_slicing,
    reason = "run by the compiler, which would say so"
)]
static GREY_TABLE: [[u8; 3]; 256] = {
    let mut table = [[0; 3]; 256];
    let mut index = 0;
    while index < 256 {
        table[index] = [index as u8; 3];
        index += 1;
    }
    table
};

/// Reads 256 colours of six hexadecimal digits each, when the crate is compiled.
#[allow(
    clippy::indexing_slicing,
    reason = "run by the compiler, which would say so"
)]
const fn parse(digits: &str) -> [[u8; 3]; 256] {
    let digits = digits.as_bytes();
    assert!(
        digits.len() == 256 * 6,
        "a colour map has 256 colours of six digits"
    );
    let mut table = [[0; 3]; 256];
    let mut place = 0;
    while place < 256 * 3 {
        table[place / 3][place % 3] =
            nibble(digits[2 * place]) << 4 | nibble(digits[2 * place + 1]);
        place += 1;
    }
    table
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit - b'a' + 10,
    }
}

const VIRIDIS: &str = "\
44015444025645045745055946075a46085c460a5d460b5e470d60470e6147106347116447136548146748166848176948186a481a6c\
481b6d481c6e481d6f481f70482071482173482374482475482576482677482878482979472a7a472c7a472d7b472e7c472f7d46307e\
46327e46337f463480453581453781453882443983443a83443b84433d84433e85423f85424086424186414287414487404588404688\
3f47883f48893e49893e4a893e4c8a3d4d8a3d4e8a3c4f8a3c508b3b518b3b528b3a538b3a548c39558c39568c38588c38598c375a8c\
375b8d365c8d365d8d355e8d355f8d34608d34618d33628d33638d32648e32658e31668e31678e31688e30698e306a8e2f6b8e2f6c8e\
2e6d8e2e6e8e2e6f8e2d708e2d718e2c718e2c728e2c738e2b748e2b758e2a768e2a778e2a788e29798e297a8e297b8e287c8e287d8e\
277e8e277f8e27808e26818e26828e26828e25838e25848e25858e24868e24878e23888e23898e238a8d228b8d228c8d228d8d218e8d\
218f8d21908d21918c20928c20928c20938c1f948c1f958b1f968b1f978b1f988b1f998a1f9a8a1e9b8a1e9c891e9d891f9e891f9f88\
1fa0881fa1881fa1871fa28720a38620a48621a58521a68522a78522a88423a98324aa8325ab8225ac8226ad8127ad8128ae8029af7f\
2ab07f2cb17e2db27d2eb37c2fb47c31b57b32b67a34b67935b77937b87838b9773aba763bbb753dbc743fbc7340bd7242be7144bf70\
46c06f48c16e4ac16d4cc26c4ec36b50c46a52c56954c56856c66758c7655ac8645cc8635ec96260ca6063cb5f65cb5e67cc5c69cd5b\
6ccd5a6ece5870cf5773d05675d05477d1537ad1517cd2507fd34e81d34d84d44b86d54989d5488bd6468ed64590d74393d74195d840\
98d83e9bd93c9dd93ba0da39a2da37a5db36a8db34aadc32addc30b0dd2fb2dd2db5de2bb8de29bade28bddf26c0df25c2df23c5e021\
c8e020cae11fcde11dd0e11cd2e21bd5e21ad8e219dae319dde318dfe318e2e418e5e419e7e419eae51aece51befe51cf1e51df4e61e\
f6e620f8e621fbe723fde725";

const CIVIDIS: &str = "\
00224e00234f00245100255300255400265600275800285900285b00295d002a5f002a61002b62002c64002c66002d68002e6a002e6c\
002f6d00306f0030700031700031710132710533710833700c34700f357012357014367016377018376f1a386f1c396f1e3a6f203a6f\
213b6e233c6e243c6e263d6e273e6e293f6e2a3f6d2b406d2d416d2e416d2f426d31436d32436d33446d34456c35456c36466c38476c\
39486c3a486c3b496c3c4a6c3d4a6c3e4b6c3f4c6c404c6c414d6c424e6c434e6c444f6c45506c46516c47516c48526c49536c4a536c\
4b546c4c556c4d556c4e566c4f576c50576c51586d52596d535a6d545a6d555b6d555c6d565c6d575d6d585e6d595e6e5a5f6e5b606e\
5c616e5d616e5e626e5e636f5f636f60646f61656f62656f636670646770656870656870666970676a71686a71696b716a6c716b6d72\
6c6d726c6e726d6f726e6f736f70737071737172747272747273747374757474757575757676767777767777777878777979777a7a78\
7b7a787c7b787d7c787e7c787e7d787f7e78807f78817f788280798381798482798582798683798784788885788985788a86788b8778\
8c88788d88788e89788f8a78908b78918b78928c78928d78938e78948e77958f779690779791779892779992779a93769b94769c9576\
9d95769e96769f9775a09875a19975a29975a39a74a49b74a59c74a69c74a79d73a89e73a99f73aaa073aba072aca172ada272aea371\
afa471b0a571b1a570b3a670b4a76fb5a86fb6a96fb7a96eb8aa6eb9ab6dbaac6dbbad6dbcae6cbdae6cbeaf6bbfb06bc0b16ac1b26a\
c2b369c3b369c4b468c5b568c6b667c7b767c8b866c9b965cbb965ccba64cdbb63cebc63cfbd62d0be62d1bf61d2c060d3c05fd4c15f\
d5c25ed6c35dd7c45cd9c55cdac65bdbc75adcc859ddc858dec958dfca57e0cb56e1cc55e2cd54e4ce53e5cf52e6d051e7d150e8d24f\
e9d34eead34cebd44bedd54aeed649efd748f0d846f1d945f2da44f3db42f5dc41f6dd3ff7de3ef8df3cf9e03afbe138fce236fde334\
fee434fee535fee636fee838";

const MAGMA: &str = "\
00000401000501010601010802010902020b02020d03030f03031204041405041606051806051a07061c08071e0907200a08220b0924\
0c09260d0a290e0b2b100b2d110c2f120d31130d34140e36150e38160f3b180f3d19103f1a10421c10441d11471e114920114b21114e\
22115024125325125527125829115a2a115c2c115f2d11612f116331116533106734106936106b38106c390f6e3b0f703d0f713f0f72\
400f74420f75440f764510774710784910784a10794c117a4e117b4f127b51127c52137c54137d56147d57157e59157e5a167e5c167f\
5d177f5f187f601880621980641a80651a80671b80681c816a1c816b1d816d1d816e1e81701f81721f81732081752181762181782281\
7922827b23827c23827e24828025828125818326818426818627818827818928818b29818c29818e2a81902a81912b81932b80942c80\
962c80982d80992d809b2e7f9c2e7f9e2f7fa02f7fa1307ea3307ea5317ea6317da8327daa337dab337cad347cae347bb0357bb2357b\
b3367ab5367ab73779b83779ba3878bc3978bd3977bf3a77c03a76c23b75c43c75c53c74c73d73c83e73ca3e72cc3f71cd4071cf4070\
d0416fd2426fd3436ed5446dd6456cd8456cd9466bdb476adc4869de4968df4a68e04c67e24d66e34e65e44f64e55064e75263e85362\
e95462ea5661eb5760ec5860ed5a5fee5b5eef5d5ef05f5ef1605df2625df2645cf3655cf4675cf4695cf56b5cf66c5cf66e5cf7705c\
f7725cf8745cf8765cf9785df9795df97b5dfa7d5efa7f5efa815ffb835ffb8560fb8761fc8961fc8a62fc8c63fc8e64fc9065fd9266\
fd9467fd9668fd9869fd9a6afd9b6bfe9d6cfe9f6dfea16efea36ffea571fea772fea973feaa74feac76feae77feb078feb27afeb47b\
feb67cfeb77efeb97ffebb81febd82febf84fec185fec287fec488fec68afec88cfeca8dfecc8ffecd90fecf92fed194fed395fed597\
fed799fed89afdda9cfddc9efddea0fde0a1fde2a3fde3a5fde5a7fde7a9fde9aafdebacfcecaefceeb0fcf0b2fcf2b4fcf4b6fcf6b8\
fcf7b9fcf9bbfcfbbdfcfdbf";

const INFERNO: &str = "\
00000401000501010601010802010a02020c02020e03021004031204031405041706041907051b08051d09061f0a07220b07240c0826\
0d08290e092b10092d110a30120a32140b34150b37160b39180c3c190c3e1b0c411c0c431e0c451f0c48210c4a230c4c240c4f260c51\
280b53290b552b0b572d0b592f0a5b310a5c320a5e340a5f3609613809623909633b09643d09653e0966400a67420a68440a68450a69\
470b6a490b6a4a0c6b4c0c6b4d0d6c4f0d6c510e6c520e6d540f6d550f6d57106e59106e5a116e5c126e5d126e5f136e61136e62146e\
64156e65156e67166e69166e6a176e6c186e6d186e6f196e71196e721a6e741a6e751b6e771c6d781c6d7a1d6d7c1d6d7d1e6d7f1e6c\
801f6c82206c84206b85216b87216b88226a8a226a8c23698d23698f24699025689225689326679526679727669827669a28659b2964\
9d29649f2a63a02a63a22b62a32c61a52c60a62d60a82e5fa92e5eab2f5ead305dae305cb0315bb1325ab3325ab43359b63458b73557\
b93556ba3655bc3754bd3853bf3952c03a51c13a50c33b4fc43c4ec63d4dc73e4cc83f4bca404acb4149cc4248ce4347cf4446d04545\
d24644d34743d44842d54a41d74b3fd84c3ed94d3dda4e3cdb503bdd513ade5238df5337e05536e15635e25734e35933e45a31e55c30\
e65d2fe75e2ee8602de9612bea632aeb6429eb6628ec6726ed6925ee6a24ef6c23ef6e21f06f20f1711ff1731df2741cf3761bf37819\
f47918f57b17f57d15f67e14f68013f78212f78410f8850ff8870ef8890cf98b0bf98c0af98e09fa9008fa9207fa9407fb9606fb9706\
fb9906fb9b06fb9d07fc9f07fca108fca309fca50afca60cfca80dfcaa0ffcac11fcae12fcb014fcb216fcb418fbb61afbb81dfbba1f\
fbbc21fbbe23fac026fac228fac42afac62df9c72ff9c932f9cb35f8cd37f8cf3af7d13df7d340f6d543f6d746f5d949f5db4cf4dd4f\
f4df53f4e156f3e35af3e55df2e661f2e865f2ea69f1ec6df1ed71f1ef75f1f179f2f27df2f482f3f586f3f68af4f88ef5f992f6fa96\
f8fb9af9fc9dfafda1fcffa4";

#[cfg(test)]
mod tests {
    use super::ColourMap;

    /// Relative luminance of an sRGB colour (IEC 61966-2-1).
    fn luminance(colour: [u8; 3]) -> f64 {
        let linear = colour.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    #[test]
    fn lightness_only_grows() {
        for map in ColourMap::ALL {
            let table = map.table();
            for (index, pair) in table.windows(2).enumerate() {
                // Rounding to 8 bits costs up to half a step in each channel.
                assert!(
                    luminance(pair[1]) >= luminance(pair[0]) - 0.003,
                    "{map:?} falls after colour {index}"
                );
            }
            assert!(luminance(table[255]) > luminance(table[0]) + 0.5, "{map:?}");
        }
    }

    #[test]
    fn neighbours_differ_little() {
        for map in ColourMap::ALL {
            for pair in map.table().windows(2) {
                let step = pair[0]
                    .iter()
                    .zip(pair[1])
                    .map(|(a, b)| a.abs_diff(b))
                    .max();
                assert!(step <= Some(6), "{map:?}: {pair:?}");
            }
        }
    }

    #[test]
    fn names_lead_back() {
        for map in ColourMap::ALL {
            assert_eq!(ColourMap::from_name(map.name()), Some(map));
        }
        assert_eq!(ColourMap::from_name("jet"), None);
    }
}
