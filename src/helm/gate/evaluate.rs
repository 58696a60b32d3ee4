//! Evaluating a condition on one cluster after the other.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::super::Version;
use super::super::constraint::{Constraint, ConstraintError, Mode};
use super::cluster::{Cluster, MAJOR};
use super::expression::Expression;
use super::functions::{call, field_of_plain};
use super::helper::{Helper, Node};
use super::set::{Flavour, GateSet, Verdict};
use super::value::{Aborted, MAX_WEIGHT, Value};

/// What the names in a condition stand for, at the place where it stands.
pub trait Scope {
    /// The value of `$name`, if it is assigned once and before this place; never asked for `$`.
    fn variable(&self, name: &str) -> Option<&Expression>;

    /// The named template `name` of the chart or of a chart it contains.
    fn helper(&self, name: &str) -> Option<&Helper>;
}

/// No names.
impl Scope for () {
    fn variable(&self, _: &str) -> Option<&Expression> {
        None
    }

    fn helper(&self, _: &str) -> Option<&Helper> {
        None
    }
}

/// Evaluates the conditions of charts, within limits: what takes longer is unknown.
#[derive(Debug)]
pub struct Evaluator {
    constraints: Constraints,
    budget: u64,
}

type Constraints = HashMap<String, Result<Arc<Constraint>, ConstraintError>>;

/// Steps for all conditions. A simple gate takes about 5,000, the heaviest known some 100,000; charts have up to some
/// hundreds that differ.
const BUDGET: u64 = 25_000_000;

/// Steps for one condition on one cluster. The heaviest known takes about 100.
const STEPS: u64 = 500;

/// Variables of variables and helpers in helpers.
const MAX_DEPTH: usize = 8;

impl Default for Evaluator {
    fn default() -> Self {
        Self { constraints: HashMap::new(), budget: BUDGET }
    }
}

impl Evaluator {
    /// For which clusters a condition holds.
    pub fn gate(&mut self, condition: &Expression, scope: &dyn Scope) -> GateSet {
        let mut set = GateSet::ABORTS;
        for cluster in Cluster::all() {
            if self.budget < STEPS {
                return GateSet::UNKNOWN;
            }
            let (older, saw) = self.on(cluster, Mode::UpTo318, condition, scope);
            if !saw.cluster {
                return constant(older);
            }
            let newer = if saw.mode { self.on(cluster, Mode::Since319, condition, scope).0 } else { older };
            for (helm, verdict) in [(Mode::UpTo318, older), (Mode::Since319, newer)] {
                let flavour = Flavour { patch: cluster.patch, build: cluster.build, helm };
                set.add(cluster.minor, flavour, verdict);
            }
        }
        set
    }

    fn on(
        &mut self,
        cluster: &Cluster,
        mode: Mode,
        condition: &Expression,
        scope: &dyn Scope,
    ) -> (Verdict, Saw) {
        let mut run = Run {
            constraints: &mut self.constraints,
            cluster,
            mode,
            scope,
            steps: 0,
            depth: 0,
            saw: Saw::default(),
        };
        let verdict = match run.value(condition, &mut Frame::top()).map(|value| value.truth()) {
            Ok(Some(true)) => Verdict::True,
            Ok(Some(false)) => Verdict::False,
            Ok(None) => Verdict::Unknown,
            Err(Aborted) => Verdict::Aborts,
        };
        let saw = run.saw;
        self.budget = self.budget.saturating_sub(run.steps);
        (verdict, saw)
    }
}

fn constant(verdict: Verdict) -> GateSet {
    match verdict {
        Verdict::True => GateSet::ALWAYS,
        Verdict::False => GateSet::NEVER,
        Verdict::Unknown => GateSet::UNKNOWN,
        Verdict::Aborts => GateSet::ABORTS,
    }
}

/// What an evaluation depended on.
#[derive(Debug, Clone, Copy, Default)]
struct Saw {
    cluster: bool,
    mode: bool,
}

/// The names that are local to a template, and its `.`.
#[derive(Debug, Clone)]
struct Frame {
    dot: Value,
    locals: Vec<(String, Value)>,
    /// Variables that are not local are those of the scope.
    is_top: bool,
}

impl Frame {
    fn top() -> Self {
        Self { dot: Value::Unknown, locals: Vec::new(), is_top: true }
    }

    fn of_helper(dot: Value) -> Self {
        Self { dot, locals: Vec::new(), is_top: false }
    }

    fn local(&self, name: &str) -> Option<&Value> {
        self.locals.iter().rev().find(|(local, _)| local == name).map(|(_, value)| value)
    }

    fn assign(&mut self, name: &str, value: Value) {
        match self.locals.iter_mut().find(|(local, _)| local == name) {
            Some((_, old)) => *old = value,
            None => self.locals.push((name.to_owned(), value)),
        }
    }

    /// After a branch that may or may not have been taken: `other` is what the locals are on the other way.
    fn merge(&mut self, other: Self) {
        let mine = std::mem::take(&mut self.locals);
        for (name, value) in mine {
            let theirs = other.local(&name).cloned().unwrap_or(Value::Unknown);
            self.locals.push((name, value.either(theirs)));
        }
        for (name, value) in other.locals {
            if self.local(&name).is_none() {
                self.locals.push((name, value.either(Value::Unknown)));
            }
        }
    }
}

struct Run<'a> {
    constraints: &'a mut Constraints,
    cluster: &'a Cluster,
    mode: Mode,
    scope: &'a dyn Scope,
    steps: u64,
    depth: usize,
    saw: Saw,
}

type Outcome = Result<Value, Aborted>;

impl Run<'_> {
    fn value(&mut self, expression: &Expression, frame: &mut Frame) -> Outcome {
        self.steps += 1;
        if self.steps > STEPS {
            return Ok(Value::Unknown);
        }
        Ok(match expression {
            Expression::Text { value, .. } if value.len() > MAX_WEIGHT => Value::Unknown,
            Expression::Text { value, .. } => Value::text(value),
            Expression::Integer(number) => Value::Integer(*number),
            Expression::Float(number) => Value::Float(*number),
            Expression::Bool(value) => Value::Bool(*value),
            Expression::Nil => Value::Nil,
            Expression::Dot => frame.dot.clone(),
            Expression::Variable(name) => return self.variable(name, frame),
            Expression::Field { of, names } => {
                let mut value = self.value(of, frame)?;
                for name in names {
                    value = self.field(&value, name)?;
                }
                value
            }
            Expression::Call { function, arguments, .. } => return self.call(function, arguments, frame),
            Expression::Method { .. } => Value::Unknown,
        })
    }

    fn variable(&mut self, name: &str, frame: &mut Frame) -> Outcome {
        if let Some(local) = frame.local(name) {
            return Ok(local.clone());
        }
        match self.scope.variable(name) {
            Some(expression) if frame.is_top && !name.is_empty() => {
                self.deeper(|run| run.value(expression, &mut Frame::top()))
            }
            _ => Ok(Value::Unknown),
        }
    }

    fn deeper(&mut self, evaluate: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        if self.depth >= MAX_DEPTH {
            return Ok(Value::Unknown);
        }
        self.depth += 1;
        let outcome = evaluate(self);
        self.depth -= 1;
        outcome
    }

    fn field(&mut self, of: &Value, name: &str) -> Outcome {
        match (of, name) {
            (Value::Capabilities, "KubeVersion") => {
                self.saw.cluster = true;
                Ok(Value::KubeVersion)
            }
            (Value::KubeVersion, "Version" | "GitVersion") => Ok(Value::cluster(&self.cluster.version)),
            (Value::KubeVersion, "Minor") => Ok(Value::cluster(&self.cluster.minor_text)),
            (Value::KubeVersion, "Major") => Ok(Value::cluster(MAJOR)),
            (Value::KubeVersion, "String") => Ok(Value::Unknown),
            (Value::KubeVersion, _) => Err(Aborted),
            _ => Ok(field_of_plain(of, name).unwrap_or(Value::Unknown)),
        }
    }

    fn call(&mut self, function: &str, arguments: &[Expression], frame: &mut Frame) -> Outcome {
        match (function, arguments) {
            ("and", _) => return self.junction(arguments, frame, false),
            ("or", _) => return self.junction(arguments, frame, true),
            ("include" | "template", [Expression::Text { value: name, .. }, context @ ..]) => {
                return self.include(name, context.first(), frame);
            }
            _ => {}
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.value(argument, frame)?);
        }
        match (function, values.as_slice()) {
            ("semverCompare", [constraint, version]) => self.semver_compare(constraint, version),
            _ => call(function, &values).map(Value::bounded),
        }
    }

    /// `and` gives its first false argument or the last one, `or` the first true one or the last; the rest is not looked at.
    fn junction(&mut self, arguments: &[Expression], frame: &mut Frame, until: bool) -> Outcome {
        let mut is_open = false;
        let mut last = Value::Unknown;
        for argument in arguments {
            last = match self.value(argument, frame) {
                Ok(value) => value,
                // What is unknown decides whether it comes to this.
                Err(Aborted) if is_open => return Ok(Value::Bool(until)),
                Err(Aborted) => return Err(Aborted),
            };
            match last.truth() {
                Some(truth) if truth == until => return Ok(last),
                Some(_) => {}
                None => is_open = true,
            }
        }
        Ok(if is_open { Value::Unknown } else { last })
    }

    fn semver_compare(&mut self, constraint: &Value, version: &Value) -> Outcome {
        let constraint = match constraint {
            Value::Text(constraint, _) => match self.constraint(constraint) {
                Ok(constraint) => constraint,
                Err(ConstraintError::TooLong) => return Ok(Value::Unknown),
                Err(_) => return Err(Aborted),
            },
            Value::Unknown => return Ok(Value::Unknown),
            _ => return Err(Aborted),
        };
        let version = match version {
            Value::Text(text, _) if *text == self.cluster.version => {
                self.cluster.parsed.as_ref().map(Cow::Borrowed)
            }
            Value::Text(text, _) => Version::parse(text).ok().map(Cow::Owned),
            Value::Unknown => return Ok(Value::Unknown),
            _ => None,
        };
        let version = version.ok_or(Aborted)?;
        let [older, newer] = Mode::ALL.map(|mode| constraint.allows(&version, mode));
        self.saw.mode |= older != newer;
        Ok(Value::Bool(if self.mode == Mode::UpTo318 { older } else { newer }))
    }

    fn constraint(&mut self, text: &str) -> Result<Arc<Constraint>, ConstraintError> {
        if let Some(known) = self.constraints.get(text) {
            return known.clone();
        }
        let parsed = Constraint::parse(text).map(Arc::new);
        self.constraints.insert(text.to_owned(), parsed.clone());
        parsed
    }

    fn include(&mut self, name: &str, context: Option<&Expression>, frame: &mut Frame) -> Outcome {
        let dot = match context {
            Some(context) => self.value(context, frame)?,
            None => Value::Nil,
        };
        match self.scope.helper(name) {
            Some(helper) => self.deeper(|run| run.body(&helper.body, &mut Frame::of_helper(dot))),
            None => Ok(Value::Unknown),
        }
    }

    /// The text that a named template prints.
    fn body(&mut self, nodes: &[Node], frame: &mut Frame) -> Outcome {
        let mut printed = Value::text("");
        for node in nodes {
            self.steps += 1;
            let piece = match node {
                Node::Text(text) => Value::text(text),
                Node::Output(expression) => self.value(expression, frame)?,
                Node::Assign(name, expression) => {
                    let value = self.value(expression, frame)?;
                    frame.assign(name, value);
                    continue;
                }
                Node::Branch { condition, then, otherwise } => {
                    self.branch(condition, then, otherwise, frame)?
                }
                Node::Opaque => Value::Unknown,
            };
            printed = call("print", &[printed, piece.printed()])?.bounded();
            if printed.is_unknown() {
                break;
            }
        }
        Ok(printed)
    }

    fn branch(
        &mut self,
        condition: &Expression,
        then: &[Node],
        otherwise: &[Node],
        frame: &mut Frame,
    ) -> Outcome {
        match self.value(condition, frame)?.truth() {
            Some(true) => self.body(then, frame),
            Some(false) => self.body(otherwise, frame),
            None => {
                let mut other = frame.clone();
                let (yes, no) = (self.body(then, frame), self.body(otherwise, &mut other));
                frame.merge(other);
                match (yes, no) {
                    (Ok(yes), Ok(no)) => Ok(yes.either(no)),
                    (Ok(value), Err(Aborted)) | (Err(Aborted), Ok(value)) => Ok(value),
                    (Err(Aborted), Err(Aborted)) => Err(Aborted),
                }
            }
        }
    }
}
