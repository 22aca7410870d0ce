/// What must hold whatever happens, and who notices when it does not.
@NullMarked
package io.millrace.simulator.check;

import org.jspecify.annotations.NullMarked;
