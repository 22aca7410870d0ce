/// Consumer groups: the classic group machine and committed offsets.
@NullMarked
package io.millrace.broker.group;

import org.jspecify.annotations.NullMarked;
