//! What stands before the trees: names, classes, the objective, and how long each tree is.

use super::super::objective::Objective;
use super::error::{TextError, quoted};
use super::lines::{Field, Fields, Line, Lines};
use super::objective;

/// Versions of the format that are read. What they differ in does not concern the scoring of a row.
const VERSIONS: [&str; 3] = ["v2", "v3", "v4"];

/// How a tree begins.
pub(super) const TREE: &[u8] = b"Tree";

pub(super) struct Header {
    pub feature_names: Vec<String>,
    pub classes: usize,
    pub objective: Objective,
    pub averaged: bool,
    /// Bytes of each tree, where the file says.
    pub tree_sizes: Option<TreeSizes>,
}

pub(super) struct TreeSizes {
    pub line: usize,
    pub bytes: Vec<u64>,
}

impl Header {
    /// Reads up to the first tree, and returns the line that it begins with.
    pub fn read<'a>(lines: &mut Lines<'a>) -> Result<(Self, Line<'a>), TextError> {
        let begin = check_kind(lines)?;
        let mut fields = Fields::new(
            begin,
            [
                "version",
                "num_class",
                "num_tree_per_iteration",
                "max_feature_idx",
                "objective",
                "average_output",
                "feature_names",
                "feature_infos",
                "tree_sizes",
            ],
        );
        while let Some(line) = lines.next_filled() {
            match line.split() {
                Some((TREE, _)) => return Ok((Self::understand(&fields)?, line)),
                Some((key, value)) => fields.add(line.number, key, value)?,
                None if line.bytes == b"end of trees" => return Err(TextError::new(line.number, "there are no trees")),
                None => fields.add(line.number, line.bytes, b"")?,
            }
        }
        Err(TextError::new(lines.number(), "the file ends before its first tree: `Tree=0` is expected"))
    }

    fn understand(fields: &Fields<'_, 9>) -> Result<Self, TextError> {
        let version = fields.need("version")?;
        if !VERSIONS.iter().any(|known| known.as_bytes() == version.value) {
            return Err(version.wrong(format!("{} is not read, v2, v3 and v4 are", quoted(version.value))));
        }
        let classes = classes(fields)?;
        if let Some(average) = fields.get("average_output").filter(|average| !average.value.is_empty()) {
            return Err(average.wrong("it stands alone, and has no value"));
        }
        Ok(Self {
            feature_names: feature_names(fields)?,
            classes,
            objective: objective::read(fields.get("objective"), classes)?,
            averaged: fields.get("average_output").is_some(),
            tree_sizes: tree_sizes(fields)?,
        })
    }
}

/// Passes over the line that says what this is, and returns its number.
fn check_kind(lines: &mut Lines<'_>) -> Result<usize, TextError> {
    let Some(line) = lines.next_filled() else {
        return Err(TextError::new(1, "the file is empty: a LightGBM text model begins with `tree`"));
    };
    let reason = match line.bytes {
        b"tree" => return Ok(line.number),
        [b'{', ..] => "this is JSON, perhaps a model that LightGBM has dumped: save it as text".to_owned(),
        other => format!("{} is not how a LightGBM text model begins: `tree` is expected", quoted(other)),
    };
    Err(TextError::new(line.number, reason))
}

fn classes(fields: &Fields<'_, 9>) -> Result<usize, TextError> {
    let said = fields.need("num_class")?;
    let classes: u32 = said.number()?;
    if classes == 0 {
        return Err(said.wrong("a model has at least one class"));
    }
    if let Some(trees) = fields.get("num_tree_per_iteration")
        && trees.number::<u32>()? != classes
    {
        return Err(trees.wrong(format!("{} here, where num_class is {classes}", quoted(trees.value))));
    }
    Ok(classes as usize)
}

fn feature_names(fields: &Fields<'_, 9>) -> Result<Vec<String>, TextError> {
    let last = fields.need("max_feature_idx")?;
    let wanted = last.number::<u32>()? as usize + 1;
    let names = fields.need("feature_names")?;
    let check = |found: usize, of: Field<'_>| match found == wanted {
        true => Ok(()),
        false => Err(of.wrong(format!("{found} words, where max_feature_idx={} asks for {wanted}", wanted - 1))),
    };
    let feature_names: Vec<String> = names.words()?.map(str::to_owned).collect();
    check(feature_names.len(), names)?;
    // What they hold is of no concern, but one that is cut off shows here.
    if let Some(infos) = fields.get("feature_infos") {
        check(infos.words()?.count(), infos)?;
    }
    Ok(feature_names)
}

fn tree_sizes(fields: &Fields<'_, 9>) -> Result<Option<TreeSizes>, TextError> {
    let Some(field) = fields.get("tree_sizes") else { return Ok(None) };
    let count = field.words()?.count();
    let bytes = field.list(count, "the file")?;
    Ok(Some(TreeSizes { line: field.line, bytes }))
}
