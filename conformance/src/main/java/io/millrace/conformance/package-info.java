/// Clients nobody here wrote, against a real server process.
@NullMarked
package io.millrace.conformance;

import org.jspecify.annotations.NullMarked;
