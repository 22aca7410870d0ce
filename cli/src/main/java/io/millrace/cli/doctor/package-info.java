/// `millrace doctor`: whether this machine suits a node.
@NullMarked
package io.millrace.cli.doctor;

import org.jspecify.annotations.NullMarked;
