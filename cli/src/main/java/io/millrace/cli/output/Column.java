package io.millrace.cli.output;

import java.util.function.Function;

/// One column of a table, which is one member of the JSON objects: its name and how an item fills it. Numbers are
/// aligned to the right.
public record Column<T>(String name, Function<T, Object> value) {}
