/// What an experiment shows: a timeline, a chart, a table of numbers.
@NullMarked
package io.millrace.cli.experiment.report;

import org.jspecify.annotations.NullMarked;
