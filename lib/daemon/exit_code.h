// What every Hawser program ends with; 78 is EX_CONFIG of sysexits.h.
#pragma once

namespace hawser {

inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;         // by the kernel, a peer, a provider, or for want of a right
inline constexpr int kUsage = 2;           // the command line is wrong
inline constexpr int kNo = 3;              // the answer is no: changes pending, degraded, not Active
inline constexpr int kConfiguration = 78;  // the file is wrong; nothing was touched

}  // namespace hawser
