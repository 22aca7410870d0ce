/// Samples, medians, ratios, and their text, Markdown and JSON tables. Pure besides the file writer.
@NullMarked
package io.millrace.benchmarks.vskafka.report;

import org.jspecify.annotations.NullMarked;
