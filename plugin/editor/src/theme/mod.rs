//! Every colour, size and font of the editor, by the role it plays.
