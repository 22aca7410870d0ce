package io.millrace.cli.output;

/// Stands for a value that is not there: `-` in a table, `null` in JSON.
public enum Missing {
    VALUE;

    @Override
    public String toString() {
        return "-";
    }
}
