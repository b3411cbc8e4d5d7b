//! Which file of a crate names something of which other: by its tokens, so that what stands in a macro counts too, and
//! what stands in a comment does not. What is for tests alone is left out.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::circles::{Edges, Module};

/// What a file says.
#[derive(Default)]
struct Said {
    file: String,
    /// What `use` brings into scope: the name, and the path as it stands.
    names: BTreeMap<String, Vec<String>>,
    /// Modules of which all is brought into scope.
    globs: Vec<Vec<String>>,
    /// Every path of two or more words.
    paths: BTreeSet<Vec<String>>,
}

/// Whom a path leads to.
enum Found {
    Module(Module),
    /// Something that this module's file defines.
    ItemOf(Module),
}

type Source<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The modules of a crate that have a file of their own.
#[derive(Default)]
pub struct Imports {
    modules: BTreeMap<Module, Said>,
}

impl Imports {
    /// Reads a crate, from the file that it begins with.
    pub fn read(root: &str, source: &Source<'_>) -> Self {
        let mut imports = Self::default();
        let dir = root.rsplit_once('/').unwrap().0;
        imports.read_file(&Vec::new(), root, dir, source);
        imports
    }

    pub fn files(&self) -> usize {
        self.modules.len()
    }

    /// `dir` holds the files of its submodules.
    fn read_file(&mut self, module: &Module, file: &str, dir: &str, source: &Source<'_>) {
        let text = source(file).unwrap_or_else(|| panic!("{file} cannot be read"));
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        self.modules.insert(module.clone(), Said { file: file.to_owned(), ..Said::default() });
        self.read_tokens(module, dir, tokens, source);
    }

    fn read_tokens(&mut self, module: &Module, dir: &str, tokens: TokenStream, source: &Source<'_>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let rest = &tokens[at..];
            if is_for_tests(rest) {
                at += 2 + item_length(&rest[2..]);
                continue;
            }
            at += match (word(rest, 0).as_deref(), word(rest, 1)) {
                (Some("mod"), Some(name)) if is(rest, 2, ';') => {
                    let within = format!("{dir}/{name}");
                    let files = [format!("{within}.rs"), format!("{within}/mod.rs")];
                    let file = files.iter().find(|file| source(file).is_some());
                    let file = file.unwrap_or_else(|| panic!("no file of the module {within}"));
                    self.read_file(&[&module[..], &[name]].concat(), file, &within, source);
                    3
                }
                (Some("use"), _) if !is(rest, 1, '<') => {
                    let length = rest.iter().position(|token| is_punct(token, ';')).unwrap();
                    if !is(rest, 1, ':') {
                        self.read_use(module, Vec::new(), &rest[1..length]);
                    }
                    length
                }
                (Some(first), _) if !(at > 0 && (is(&tokens, at - 1, ':') || is(&tokens, at - 1, '$'))) => {
                    let mut path = vec![first.to_owned()];
                    let mut length = 1;
                    while let (true, true, Some(next)) =
                        (is(rest, length, ':'), is(rest, length + 1, ':'), word(rest, length + 2))
                    {
                        path.push(next);
                        length += 3;
                    }
                    if path.len() > 1 {
                        self.modules.get_mut(module).unwrap().paths.insert(path);
                    }
                    length
                }
                _ => {
                    if let TokenTree::Group(group) = &rest[0] {
                        self.read_tokens(module, dir, group.stream(), source);
                    }
                    1
                }
            };
        }
    }

    /// Takes what stands between `use` and `;` apart.
    fn read_use(&mut self, module: &Module, mut path: Vec<String>, tree: &[TokenTree]) {
        let mut alias = None;
        for (at, token) in tree.iter().enumerate() {
            match token {
                TokenTree::Group(group) => {
                    let within: Vec<TokenTree> = group.stream().into_iter().collect();
                    for part in within.split(|token| is_punct(token, ',')).filter(|part| !part.is_empty()) {
                        self.read_use(module, path.clone(), part);
                    }
                    return;
                }
                TokenTree::Ident(word) if word == "as" => {
                    alias = Some(tree[at + 1].to_string());
                    break;
                }
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == '*' => {
                    self.modules.get_mut(module).unwrap().globs.push(path);
                    return;
                }
                _ => {}
            }
        }
        if path.len() > 1 {
            path.pop_if(|last| last == "self");
        }
        let said = self.modules.get_mut(module).unwrap();
        said.names.insert(alias.unwrap_or_else(|| path.last().unwrap().clone()), path.clone());
        said.paths.insert(path);
    }

    /// Which modules' files name something that another's file defines.
    pub fn edges(&self) -> Edges {
        let of = |module: &Module, said: &Said| -> BTreeSet<Module> {
            let items = said.paths.iter().filter_map(|path| match self.resolve(module, path, 0)? {
                Found::ItemOf(other) => Some(other),
                Found::Module(_) => None,
            });
            let all = said.globs.iter().filter_map(|path| match self.resolve(module, path, 0)? {
                Found::ItemOf(other) | Found::Module(other) => Some(other),
            });
            items.chain(all).filter(|other| other != module).collect()
        };
        self.modules.iter().map(|(module, said)| (module.clone(), of(module, said))).collect()
    }

    /// `None` when a path leads out of the crate, or begins with something that the file itself defines.
    fn resolve(&self, from: &Module, path: &[String], depth: usize) -> Option<Found> {
        const DEPTH_MAX: usize = 8;
        if depth > DEPTH_MAX {
            return None;
        }
        let mut at = match path[0].as_str() {
            "crate" => Module::new(),
            "self" | "super" => from.clone(),
            first if self.modules.contains_key(&[&from[..], &[first.to_owned()]].concat()) => from.clone(),
            first => {
                let path = [self.modules[from].names.get(first)?, &path[1..]].concat();
                return self.resolve(from, &path, depth + 1);
            }
        };
        for (place, word) in path.iter().enumerate() {
            let inner = [&at[..], std::slice::from_ref(word)].concat();
            match word.as_str() {
                "crate" | "self" => {}
                "super" => drop(at.pop()),
                _ if self.modules.contains_key(&inner) => at = inner,
                _ => {
                    let passed_on = self.modules[&at].names.get(word).and_then(|target| {
                        self.resolve(&at, &[target, &path[place + 1..]].concat(), depth + 1)
                    });
                    return Some(passed_on.unwrap_or(Found::ItemOf(at)));
                }
            }
        }
        Some(Found::Module(at))
    }

    /// A circle's files, each with a name that the one before takes from it.
    pub fn describe(&self, circle: &[Module]) -> String {
        let steps = circle.windows(2).map(|pair| {
            let taken = self.modules[&pair[0]].paths.iter().find(|path| {
                matches!(self.resolve(&pair[0], path, 0), Some(Found::ItemOf(other)) if other == pair[1])
            });
            let name = taken.and_then(|path| path.last()).map_or("*", String::as_str);
            format!(" → {} ({name})", self.modules[&pair[1]].file)
        });
        std::iter::once(self.modules[&circle[0]].file.clone()).chain(steps).collect()
    }
}

fn word(tokens: &[TokenTree], at: usize) -> Option<String> {
    match tokens.get(at) {
        Some(TokenTree::Ident(word)) => Some(word.to_string()),
        _ => None,
    }
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn is(tokens: &[TokenTree], at: usize, character: char) -> bool {
    tokens.get(at).is_some_and(|token| is_punct(token, character))
}

/// Whether `#[cfg(test)]` stands here.
fn is_for_tests(tokens: &[TokenTree]) -> bool {
    is(tokens, 0, '#') && tokens.get(1).is_some_and(|attribute| attribute.to_string() == "[cfg (test)]")
}

/// How many tokens the item that begins here has.
fn item_length(tokens: &[TokenTree]) -> usize {
    let is_last = |token: &TokenTree| {
        is_punct(token, ';')
            || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
    };
    tokens.iter().position(is_last).map_or(tokens.len(), |at| at + 1)
}
