/// Clients nobody here wrote, against a real server process. All of it is test code: starting the broker under test and
/// other people's programs here, what they do with it in a package per protocol.
@NullMarked
package io.millrace.conformance;

import org.jspecify.annotations.NullMarked;
