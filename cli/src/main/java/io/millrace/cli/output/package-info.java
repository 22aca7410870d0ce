/// How commands answer: aligned tables for people, JSON for programs.
@NullMarked
package io.millrace.cli.output;

import org.jspecify.annotations.NullMarked;
