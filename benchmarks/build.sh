# Sourced by the scripts beside it. Builds the module and sets
#   java              a JDK 25 or newer (the machine's default may be older; Maven finds its JDK by toolchain)
#   class_path        the module with all it needs
#   build_class_path  the Maven goal that resolves a class path, for the peers
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

build_class_path=org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath
(cd "$here/.." && mvn -q -B -pl benchmarks -am -DskipTests package \
    "$build_class_path" -Dmdep.outputFile=target/class-path)
class_path="$here/target/classes:$(cat "$here/target/class-path")"
