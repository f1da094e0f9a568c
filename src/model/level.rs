//! Closed lists that suites, profiles and reports share.

use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in YAML, on the command line and in reports.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value that a word names.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(self.word())
            }
        }
    };
}

words! {
    /// The party under test.
    Role {
        /// An API guarded by Basic, Bearer or JWT.
        ResourceServer = "resource-server",
        /// Authorization, token, introspection, revocation endpoints and metadata.
        AuthorizationServer = "authorization-server",
        /// An application that logs its users in at a provider.
        Client = "client",
    }
}

words! {
    /// How binding a requirement is (BCP 14).
    Level {
        /// MUST, REQUIRED, SHALL.
        Must = "must",
        /// MUST NOT, SHALL NOT.
        MustNot = "must-not",
        /// SHOULD, RECOMMENDED.
        Should = "should",
        /// SHOULD NOT, NOT RECOMMENDED.
        ShouldNot = "should-not",
        /// MAY, OPTIONAL: both behaviours are right.
        May = "may",
    }
}

impl Level {
    /// What breaking a rule of this level comes to.
    pub const fn weight(self) -> Weight {
        match self {
            Self::Must | Self::MustNot => Weight::Fail,
            Self::Should | Self::ShouldNot => Weight::Warn,
            Self::May => Weight::Note,
        }
    }
}

words! {
    /// What a finding comes to, lightest first.
    Weight {
        /// Told, never more.
        Note = "note",
        /// Only a SHOULD is broken.
        Warn = "warn",
        /// A MUST is broken.
        Fail = "fail",
    }
}

words! {
    /// How bad the damage would be, worst first. It sorts; it never decides a verdict.
    #[non_exhaustive]
    Severity {
        /// An attacker gets in, or gets everything.
        Critical = "critical",
        /// An attacker gets in under a condition.
        High = "high",
        /// A defence in depth is missing.
        Medium = "medium",
        /// Interoperability or hygiene.
        Low = "low",
        /// Worth knowing.
        Info = "info",
    }
}

words! {
    /// What a case does to its target beyond reading; off unless allowed.
    Effect {
        /// Creates or changes something.
        Writes = "writes",
        /// More than two failed logins on one account.
        FailedLogins = "failed-logins",
        /// Many requests at once.
        Flood = "flood",
        /// Takes longer than the usual time limit.
        Slow = "slow",
    }
}
