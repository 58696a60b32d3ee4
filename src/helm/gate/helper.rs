//! Named templates (`define`) that compute a text, such as `common.capabilities.kubeVersion`.

use super::action::Action;
use super::expression::Expression;
use super::value::MAX_WEIGHT;

/// A piece of a template, in order, after the trim markers have done their work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that is printed as it is.
    Text(&'a str),
    /// An action, without `{{`, `}}` and trim markers.
    Action(&'a str),
}

/// The body of a named template.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Helper {
    pub(super) body: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Text(String),
    Output(Expression),
    Assign(String, Expression),
    Branch {
        condition: Expression,
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
    /// A loop or a `with`, long text, and what cannot be read.
    Opaque,
}

/// More than real helpers have; what is deeper is opaque.
const MAX_DEPTH: usize = 24;

impl Helper {
    /// Reads the body of a named template: what stands between its `define` and `end`.
    pub fn parse<'a>(pieces: impl IntoIterator<Item = Piece<'a>>) -> Self {
        let mut builder = Builder { open: vec![Block::default()] };
        for piece in pieces {
            match piece {
                Piece::Text(text) if text.len() > MAX_WEIGHT => builder.push(Node::Opaque),
                Piece::Text(text) => builder.push(Node::Text(text.to_owned())),
                Piece::Action(text) => {
                    builder.action(Action::parse(text).unwrap_or(Action::Output(UNREADABLE)));
                }
            }
        }
        while builder.open.len() > 1 {
            builder.close();
        }
        Self { body: builder.open.pop().map(|block| block.then).unwrap_or_default() }
    }
}

/// An action that cannot be read prints something.
const UNREADABLE: Expression = Expression::Dot;

#[derive(Default)]
struct Block {
    /// Nothing for the outermost block and for opaque ones.
    condition: Option<Expression>,
    then: Vec<Node>,
    /// What the `else` branch says, once it has begun.
    otherwise: Option<Vec<Node>>,
    /// An `else if`: closed together with the block around it.
    is_chained: bool,
}

struct Builder {
    open: Vec<Block>,
}

impl Builder {
    fn push(&mut self, node: Node) {
        if let Some(block) = self.open.last_mut() {
            block.otherwise.as_mut().unwrap_or(&mut block.then).push(node);
        }
    }

    fn action(&mut self, action: Action) {
        match action {
            Action::If(condition) => self.open.push(Block { condition: Some(condition), ..Block::default() }),
            Action::ElseIf(condition) => {
                self.begin_otherwise();
                self.open.push(Block { condition: Some(condition), is_chained: true, ..Block::default() });
            }
            Action::Else => self.begin_otherwise(),
            Action::Open => self.open.push(Block::default()),
            Action::End => while self.open.len() > 1 && self.close() {},
            Action::Assign { variable, value } => self.push(Node::Assign(variable, value)),
            Action::Output(value) => self.push(Node::Output(value)),
            Action::Nothing => {}
        }
    }

    fn begin_otherwise(&mut self) {
        if let Some(block) = self.open.last_mut() {
            block.otherwise.get_or_insert_default();
        }
    }

    /// Closes the innermost block; says whether the one around it ends here too.
    fn close(&mut self) -> bool {
        let is_deep = self.open.len() > MAX_DEPTH;
        let Some(block) = self.open.pop() else { return false };
        self.push(match block.condition {
            Some(condition) if !is_deep => {
                Node::Branch { condition, then: block.then, otherwise: block.otherwise.unwrap_or_default() }
            }
            _ => Node::Opaque,
        });
        block.is_chained
    }
}
