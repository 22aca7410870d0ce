/// What one node asks another as the controller: the calls, and their bytes.
///
/// Pure: bytes in, calls out, and back.
@NullMarked
package io.millrace.cluster.call;

import org.jspecify.annotations.NullMarked;
