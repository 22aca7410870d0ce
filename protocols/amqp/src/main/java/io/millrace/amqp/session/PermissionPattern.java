package io.millrace.amqp.session;

import io.millrace.broker.topology.NamePattern;

/// A permission's pattern as a publishing connection uses it: the same name again costs no match, and neither does a
/// pattern that allows everything.
///
/// Owned by: one connection's loop.
final class PermissionPattern {
    private final boolean all;
    private final NamePattern pattern;
    private String lastName = "";
    private boolean lastMatched;

    PermissionPattern(String expression) {
        this.all = expression.equals(".*") || expression.equals("^.*$") || expression.equals("^.*");
        this.pattern = new NamePattern(expression);
        this.lastMatched = pattern.matches(lastName);
    }

    boolean matches(String name) {
        if (all) {
            return true;
        }
        if (!name.equals(lastName)) {
            lastMatched = pattern.matches(name);
            lastName = name;
        }
        return lastMatched;
    }
}
