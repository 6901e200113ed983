//! Marketing channel: GA4's default channel groups, plus `offline`.

/// The number is part of the stored form: never reuse one; at most 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Channel {
    Unassigned = 0,
    Direct = 1,
    CrossNetwork = 2,
    PaidShopping = 3,
    PaidSearch = 4,
    PaidSocial = 5,
    PaidVideo = 6,
    Display = 7,
    PaidOther = 8,
    OrganicShopping = 9,
    OrganicSocial = 10,
    OrganicVideo = 11,
    OrganicSearch = 12,
    Email = 13,
    Affiliates = 14,
    Referral = 15,
    Audio = 16,
    Sms = 17,
    MobilePush = 18,
    Offline = 19,
}

impl Channel {
    pub const ALL: [Channel; 20] = [
        Self::Unassigned,
        Self::Direct,
        Self::CrossNetwork,
        Self::PaidShopping,
        Self::PaidSearch,
        Self::PaidSocial,
        Self::PaidVideo,
        Self::Display,
        Self::PaidOther,
        Self::OrganicShopping,
        Self::OrganicSocial,
        Self::OrganicVideo,
        Self::OrganicSearch,
        Self::Email,
        Self::Affiliates,
        Self::Referral,
        Self::Audio,
        Self::Sms,
        Self::MobilePush,
        Self::Offline,
    ];
}
