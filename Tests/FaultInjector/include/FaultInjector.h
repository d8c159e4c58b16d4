#pragma once
// A library for LD_PRELOAD that makes a program fail where it changes files. It has no functions to
// call: its header is what SwiftPM asks of a target. KILN_FAULT says what it does, and counts the
// changes that the program makes, from 1:
//
//   count:FILE      writes their number into FILE at the end
//   kill:N          kills the program at the N-th
//   ENOSPC:N EIO:N  makes the N-th fail
//
// or it counts other calls:
//
//   syncfs:N readdir:N  makes the N-th of these and all that follow fail with EIO
//
// or it is no fault:
//
//   libdeflate  makes other bytes, as another release of the library would
