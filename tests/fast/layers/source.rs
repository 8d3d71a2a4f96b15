//! The sources of the crate, parsed: which file imports which, and every identifier.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, File, ItemMod, ItemUse, UseTree};

/// One file of `src`, parsed.
pub struct Source {
    /// Its path below `src`, with `/`.
    pub name: String,
    pub text: String,
    /// Its module: `margin/kernel/close.rs` is `["margin", "kernel", "close"]`; `lib.rs` is empty.
    pub module: Vec<String>,
    /// Everything but its unit tests.
    pub file: File,
}

/// Every file of `src`.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files_below(&root, &mut paths);
    paths.sort();
    assert!(paths.len() > 30, "the walk found the sources");
    paths.into_iter().map(|path| read(&root, &path)).collect()
}

fn files_below(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

fn read(root: &Path, path: &Path) -> Source {
    let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
    let text = fs::read_to_string(path).unwrap();
    let mut file = syn::parse_file(&text).unwrap_or_else(|error| panic!("src/{name}: {error}"));
    file.items.retain(|item| !matches!(item, syn::Item::Mod(module) if is_for_tests(&module.attrs)));
    let stem = name.trim_end_matches(".rs");
    let module = if stem == "lib" { Vec::new() } else { stem.split('/').map(str::to_owned).collect() };
    Source { name, text, module, file }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

/// For each file of the library, by its place in `sources`, the files whose items it names.
pub fn imports(sources: &[Source]) -> BTreeMap<usize, BTreeSet<usize>> {
    let places: BTreeMap<&[String], usize> =
        sources.iter().enumerate().map(|(at, source)| (source.module.as_slice(), at)).collect();
    let mut graph = BTreeMap::new();
    for (at, source) in sources.iter().enumerate() {
        let mut paths = Paths { module: source.module.clone(), found: Vec::new() };
        paths.visit_file(&source.file);
        let targets = paths.found.iter().filter_map(|path| {
            (0..=path.len()).rev().find_map(|length| places.get(&path[..length]).copied())
        });
        graph.insert(
            at,
            targets.filter(|target| *target != at && !sources[*target].module.is_empty()).collect(),
        );
    }
    graph
}

/// Collects the absolute paths that a file names.
struct Paths {
    module: Vec<String>,
    found: Vec<Vec<String>>,
}

impl Paths {
    fn add(&mut self, segments: &[String]) {
        // `pub(super)` in a macro names no item.
        if segments.len() == 1 {
            return;
        }
        let mut path = match segments.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self" | "super") => self.module.clone(),
            _ => return,
        };
        for segment in segments {
            match segment.as_str() {
                "crate" | "self" => {}
                "super" => {
                    path.pop();
                }
                name => path.push(name.to_owned()),
            }
        }
        self.found.push(path);
    }

    fn add_tree(&mut self, tree: &UseTree, before: &mut Vec<String>) {
        match tree {
            UseTree::Path(part) => {
                before.push(part.ident.to_string());
                self.add_tree(&part.tree, before);
                before.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|item| self.add_tree(item, before)),
            UseTree::Name(part) => self.add_leaf(&part.ident.to_string(), before),
            UseTree::Rename(part) => self.add_leaf(&part.ident.to_string(), before),
            UseTree::Glob(_) => self.add(before),
        }
    }

    /// The arguments of a macro are tokens: `crate`, `self` or `super` begins a path.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(name) => path.push(name.to_string()),
                TokenTree::Punct(mark) if mark.as_char() == ':' => {}
                other => {
                    self.add(&std::mem::take(&mut path));
                    if let TokenTree::Group(group) = other {
                        self.add_tokens(group.stream());
                    }
                }
            }
        }
        self.add(&path);
    }

    fn add_leaf(&mut self, name: &str, before: &mut Vec<String>) {
        before.push(name.to_owned());
        self.add(before);
        before.pop();
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree(&item.tree, &mut Vec::new());
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if let Some((_, items)) = item.content.as_ref().filter(|_| !is_for_tests(&item.attrs)) {
            self.module.push(item.ident.to_string());
            items.iter().for_each(|inner| self.visit_item(inner));
            self.module.pop();
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&segments);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.add_tokens(call.tokens.clone());
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

/// Every identifier of a file, once.
pub fn identifiers(source: &Source) -> BTreeSet<String> {
    let tokens = quote::ToTokens::to_token_stream(&source.file);
    let mut names = BTreeSet::new();
    collect_identifiers(tokens, &mut names);
    names
}

fn collect_identifiers(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                names.insert(name.to_string());
            }
            TokenTree::Group(group) => collect_identifiers(group.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
