# Sourced by the scripts beside it: sets `java` to a JDK 25 or newer, or ends with a message.
# The machine's default java may be older; Maven finds the JDK by its own toolchain.
major() { "$1" -XshowSettings:properties -version 2>&1 | sed -n 's/.*java.specification.version = //p'; }

java=""
for home in "${JAVA_HOME:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/*; do
    if [ -x "$home/bin/java" ] && [ "$(major "$home/bin/java")" -ge 25 ] 2>/dev/null; then
        java="$home/bin/java"
        break
    fi
done
if [ -z "$java" ]; then
    echo "no JDK 25 or newer in JAVA_HOME, /usr/lib/jvm or SDKMAN" >&2
    exit 1
fi
