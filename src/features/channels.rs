//! The channels' words, in the order of [`Channel`](crate::touchpoint::Channel)'s numbers.

pub const CHANNELS: [&str; 20] = [
    "unassigned",
    "direct",
    "cross_network",
    "paid_shopping",
    "paid_search",
    "paid_social",
    "paid_video",
    "display",
    "paid_other",
    "organic_shopping",
    "organic_social",
    "organic_video",
    "organic_search",
    "email",
    "affiliates",
    "referral",
    "audio",
    "sms",
    "mobile_push",
    "offline",
];
