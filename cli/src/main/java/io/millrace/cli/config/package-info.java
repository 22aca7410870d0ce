/// `millrace config`: what a node would run with.
@NullMarked
package io.millrace.cli.config;

import org.jspecify.annotations.NullMarked;
