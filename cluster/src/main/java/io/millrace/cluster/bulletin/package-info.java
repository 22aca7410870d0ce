/// What nodes tell each other of themselves besides the metadata: alarms, and how many clients they have. Nothing of it
/// is written anywhere; what was not heard again for a while counts no more (ADR 0041).
@NullMarked
package io.millrace.cluster.bulletin;

import org.jspecify.annotations.NullMarked;
