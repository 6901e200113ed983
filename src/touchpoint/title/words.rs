//! The words of job titles, in English, with the usual abbreviations.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::{Department, Rank};

#[derive(Clone, Copy)]
pub(super) struct Meaning {
    pub rank: Option<Rank>,
    pub department: Option<Department>,
    /// What follows speaks of somebody else: "assistant to the CEO".
    pub ends: bool,
}

/// Words that name a rank and nothing else.
const RANKS: [(Rank, &str); 7] = [
    (
        Rank::Junior,
        "intern, interns, internship, trainee, apprentice, student, working student, junior, jr, graduate, entry level, assistant",
    ),
    (
        Rank::Individual,
        "analyst, associate, specialist, consultant, coordinator, administrator, representative, rep, agent, officer, \
         advisor, adviser, executive, business partner, process owner, strategist, planner, technician, clerk, secretary, expert",
    ),
    (Rank::Senior, "senior, sr, lead, principal, staff, chief engineer, chief architect, fellow, distinguished"),
    (Rank::Manager, "manager, mgr, supervisor, team lead, team leader, teamlead, foreman, management"),
    (Rank::Director, "director, dir, head, head of, chief of staff, dean"),
    (Rank::VicePresident, "vp, svp, evp, avp, rvp, gvp, vice president, vice pres"),
    (
        Rank::Chief,
        "chief, president, founder, cofounder, owner, proprietor, chairman, chairwoman, chairperson, chair, board member, \
         managing partner, general partner, founding partner, executive chairman, vice chairman",
    ),
];

/// Words that name a department, and the rank that they say by themselves.
const DEPARTMENTS: [(Department, Option<Rank>, &str); 31] = [
    (
        Department::Executive,
        Some(Rank::Chief),
        "ceo, chief executive, chief executive officer, managing director, executive director",
    ),
    (Department::Executive, Some(Rank::Director), "general manager, gm, country manager"),
    (Department::Sales, Some(Rank::Chief), "cro, cso, cco"),
    (Department::Sales, Some(Rank::Manager), "account manager, key account manager"),
    (
        Department::Sales,
        Some(Rank::Individual),
        "account executive, ae, sdr, bdr, sales engineer, sales executive, salesman, saleswoman, salesperson",
    ),
    (
        Department::Sales,
        None,
        "sales, presales, revenue, business development, bizdev, account, accounts, commercial, partnerships, alliances",
    ),
    (Department::Marketing, Some(Rank::Chief), "cmo"),
    (Department::Marketing, Some(Rank::Individual), "marketer, copywriter, marketing executive, content writer"),
    (
        Department::Marketing,
        None,
        "marketing, product marketing, sales marketing, growth, brand, communications, communication, pr, public relations, \
         content, seo, sem, demand, demand generation, demand gen, social media, advertising, media, community, \
         developer relations, devrel, campaign, campaigns, events",
    ),
    (Department::Finance, Some(Rank::Chief), "cfo"),
    (Department::Finance, Some(Rank::Director), "controller, comptroller, treasurer"),
    (Department::Finance, Some(Rank::Individual), "accountant, bookkeeper, auditor"),
    (
        Department::Finance,
        None,
        "finance, financial, accounting, treasury, tax, audit, accounts payable, accounts receivable, payroll, investor relations",
    ),
    (Department::Engineering, Some(Rank::Chief), "cto, cio, ciso, cdo, ctio"),
    (
        Department::Engineering,
        Some(Rank::Individual),
        "engineer, developer, programmer, architect, data scientist, scientist, researcher, sysadmin, dba, sre, tester",
    ),
    (
        Department::Engineering,
        None,
        "engineering, software, technology, technical, tech, it, information technology, information systems, information, infrastructure, \
         security, information security, cybersecurity, data, analytics, devops, cloud, platform, network, systems, system, \
         qa, web, research, r d, development, machine learning, ai, digital",
    ),
    (Department::Product, Some(Rank::Chief), "cpo"),
    (Department::Product, Some(Rank::Individual), "product owner, designer, scrum master"),
    (Department::Product, None, "product, products, ux, ui, user experience, design, innovation"),
    (Department::Operations, Some(Rank::Chief), "coo"),
    (Department::Operations, Some(Rank::Individual), "receptionist, buyer"),
    (
        Department::Operations,
        None,
        "operations, operating, operational, ops, logistics, supply chain, procurement, purchasing, manufacturing, production, quality, \
         project, program, programme, pmo, office, administration, administrative, facilities, transformation, strategy",
    ),
    (Department::Hr, Some(Rank::Chief), "chro"),
    (Department::Hr, Some(Rank::Individual), "recruiter, sourcer, hrbp, hr business partner"),
    (
        Department::Hr,
        None,
        "hr, human resources, human resource, people, people operations, talent, talent acquisition, recruiting, recruitment, learning",
    ),
    (Department::Legal, Some(Rank::Chief), "clo"),
    (Department::Legal, Some(Rank::Director), "general counsel"),
    (Department::Legal, Some(Rank::Individual), "lawyer, attorney, counsel, solicitor, paralegal, notary"),
    (Department::Legal, None, "legal, compliance, regulatory, privacy, data protection, contracts"),
    (Department::Support, Some(Rank::Individual), "support engineer, csm"),
    (
        Department::Support,
        None,
        "support, customer success, customer service, customer support, customer care, customer experience, client services, \
         client success, help desk, helpdesk, service desk, technical support, it support",
    ),
];

/// After these the title names the one who is assisted.
const ASSISTANTS: &str =
    "assistant to, executive assistant, personal assistant, administrative assistant, pa to, ea to, reporting to";

/// Every phrase of the tables, in lower case with single spaces.
pub(super) static PHRASES: LazyLock<HashMap<&'static [u8], Meaning>> = LazyLock::new(|| {
    let mut phrases = HashMap::new();
    let mut add =
        |list: &'static str, meaning| phrases.extend(list.split(", ").map(|phrase| (phrase.as_bytes(), meaning)));
    for (rank, list) in RANKS {
        add(list, Meaning { rank: Some(rank), department: None, ends: false });
    }
    for (department, rank, list) in DEPARTMENTS {
        add(list, Meaning { rank, department: Some(department), ends: false });
    }
    add(ASSISTANTS, Meaning { rank: Some(Rank::Individual), department: Some(Department::Operations), ends: true });
    phrases
});

#[cfg(test)]
mod tests {
    use super::super::PHRASE;
    use super::*;

    #[test]
    fn phrases_fit_the_look_up() {
        for phrase in PHRASES.keys() {
            let words = phrase.split(|&b| b == b' ').count();
            assert!(words <= PHRASE, "{}", String::from_utf8_lossy(phrase));
            assert!(phrase.iter().all(|b| b.is_ascii_lowercase() || *b == b' '), "{}", String::from_utf8_lossy(phrase));
        }
        let listed =
            RANKS.iter().map(|(_, list)| list).chain(DEPARTMENTS.iter().map(|(.., list)| list)).chain([&ASSISTANTS]);
        assert_eq!(PHRASES.len(), listed.flat_map(|list| list.split(", ")).count(), "a phrase stands twice");
    }
}
