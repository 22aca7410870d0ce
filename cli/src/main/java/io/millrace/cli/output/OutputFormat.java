package io.millrace.cli.output;

/// Who reads the answer: a person or a program.
public enum OutputFormat {
    TABLE,
    JSON
}
