import Configuration
import UnixSignals
print("hi")
