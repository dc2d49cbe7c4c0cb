//! What a file must give.

/// What a file or folder must give.
pub enum Expected {
    Opens(Facts),
    /// Words of the error.
    Refused(&'static [&'static str]),
}

/// Facts of the first series; what is not given is not checked.
#[derive(Default)]
pub struct Facts {
    /// Number of series.
    pub series: Option<usize>,
    /// Files left out.
    pub skipped: Option<usize>,
    pub channels: usize,
    pub shape: [usize; 3],
    /// Millimetres between planes, rows and columns.
    pub spacing: Option<[f64; 3]>,
    /// As nibabel's `aff2axcodes`.
    pub orientation: Option<&'static str>,
    pub range: Option<[f64; 2]>,
    pub mean: Option<f64>,
    /// Means of red, green and blue.
    pub means: Option<[f64; 3]>,
    /// Words that notes must hold.
    pub notes: &'static [&'static str],
    /// Whether there must be no note at all.
    pub is_silent: bool,
}

impl Facts {
    pub fn of(shape: [usize; 3]) -> Self {
        Self {
            channels: 1,
            shape,
            ..Self::default()
        }
    }

    pub fn series(mut self, count: usize) -> Self {
        self.series = Some(count);
        self
    }

    pub fn skipped(mut self, count: usize) -> Self {
        self.skipped = Some(count);
        self
    }

    pub fn spacing(mut self, spacing: [f64; 3]) -> Self {
        self.spacing = Some(spacing);
        self
    }

    pub fn orientation(mut self, codes: &'static str) -> Self {
        self.orientation = Some(codes);
        self
    }

    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some([low, high]);
        self
    }

    pub fn mean(mut self, mean: f64) -> Self {
        self.mean = Some(mean);
        self
    }

    pub fn colour(mut self, means: [f64; 3]) -> Self {
        self.channels = 3;
        self.means = Some(means);
        self
    }

    /// Colours with this mean over all three channels.
    pub fn colours(mut self, mean: f64) -> Self {
        self.channels = 3;
        self.mean = Some(mean);
        self
    }

    pub fn notes(mut self, notes: &'static [&'static str]) -> Self {
        self.notes = notes;
        self
    }

    pub fn silent(mut self) -> Self {
        self.is_silent = true;
        self
    }

    pub fn end(self) -> Expected {
        Expected::Opens(self)
    }
}
