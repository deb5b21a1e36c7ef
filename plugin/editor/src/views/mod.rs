//! The views: plain functions of the model.
