//! The code widget: a text that is edited as lines, with colours, marks, folds and completion.
