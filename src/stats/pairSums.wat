;; Sums over columns of min(1, |x - y|) of one row against many, four columns an instruction.
;; `node scripts/assembleKernels.mjs` turns it into pairSumsKernel.ts.
;;
;; 1 + min(1, |x - y|) lies in [1, 2], where the bits of a float count steps of 2^-23 from the bits of 1. So they are added as whole numbers,
;; which is exact: the order of the columns does not matter.
(module
  (memory (export "memory") 1)
  ;; a: byte address of the row, 4-byte floats
  ;; b: of the first of the other rows, which follow each other
  ;; rows: how many these are
  ;; bytes: of a row; a multiple of 192, which are 48 columns
  ;; largest, limits: a sum above max(largest, limits[j]) may be left before its last columns; limits is an address, 8-byte floats
  ;; sums: address of the results, 8-byte floats, in columns
  (func (export "pairSums")
    (param $a i32) (param $b i32) (param $rows i32) (param $bytes i32) (param $largest f64) (param $limits i32) (param $sums i32)
    (local $end i32) (local $p i32) (local $q i32) (local $limit f64) (local $steps f64)
    (local $s v128) (local $t v128) (local $u v128) (local $v v128) (local $one v128)
    (local.set $one (f32x4.splat (f32.const 1)))
    (local.set $end (i32.add (local.get $sums) (i32.shl (local.get $rows) (i32.const 3))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $sums) (local.get $end)))
        (local.set $limit (f64.mul (f64.max (local.get $largest) (f64.load (local.get $limits))) (f64.const 0x1p23)))
        (local.set $steps (f64.const 0))
        (local.set $p (local.get $a))
        (local.set $q (local.get $b))
        (local.set $b (i32.add (local.get $b) (local.get $bytes)))
        (loop $columns
          (local.set $s (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=0 (local.get $p)) (v128.load offset=0 (local.get $q)))))))
          (local.set $t (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=16 (local.get $p)) (v128.load offset=16 (local.get $q)))))))
          (local.set $u (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=32 (local.get $p)) (v128.load offset=32 (local.get $q)))))))
          (local.set $v (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=48 (local.get $p)) (v128.load offset=48 (local.get $q)))))))
          (local.set $s (i32x4.add (local.get $s) (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=64 (local.get $p)) (v128.load offset=64 (local.get $q))))))))
          (local.set $t (i32x4.add (local.get $t) (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=80 (local.get $p)) (v128.load offset=80 (local.get $q))))))))
          (local.set $u (i32x4.add (local.get $u) (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=96 (local.get $p)) (v128.load offset=96 (local.get $q))))))))
          (local.set $v (i32x4.add (local.get $v) (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=112 (local.get $p)) (v128.load offset=112 (local.get $q))))))))
          (local.set $s (i32x4.add (local.get $s) (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=128 (local.get $p)) (v128.load offset=128 (local.get $q))))))))
          (local.set $t (i32x4.add (local.get $t) (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=144 (local.get $p)) (v128.load offset=144 (local.get $q))))))))
          (local.set $u (i32x4.add (local.get $u) (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=160 (local.get $p)) (v128.load offset=160 (local.get $q))))))))
          (local.set $v (i32x4.add (local.get $v) (f32x4.add (local.get $one) (f32x4.pmin (local.get $one) (f32x4.abs (f32x4.sub (v128.load offset=176 (local.get $p)) (v128.load offset=176 (local.get $q))))))))
          (local.set $p (i32.add (local.get $p) (i32.const 192)))
          (local.set $q (i32.add (local.get $q) (i32.const 192)))
          (local.set $steps (f64.add (local.get $steps) (f64.convert_i32_s (call $total
            (i32x4.add (i32x4.add (local.get $s) (local.get $t)) (i32x4.add (local.get $u) (local.get $v)))))))
          (br_if $columns (i32.and (i32.lt_u (local.get $q) (local.get $b)) (f64.le (local.get $steps) (local.get $limit)))))
        (f64.store (local.get $sums) (f64.mul (local.get $steps) (f64.const 0x1p-23)))
        (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
        (local.set $limits (i32.add (local.get $limits) (i32.const 8)))
        (br $row))))
  ;; Steps in four lanes, of which each has 12 times the bits of 1 too much (modulo 2^32; so has the total with 48 times them).
  (func $total (param $lanes v128) (result i32)
    (i32.sub
      (i32.add
        (i32.add (i32x4.extract_lane 0 (local.get $lanes)) (i32x4.extract_lane 1 (local.get $lanes)))
        (i32.add (i32x4.extract_lane 2 (local.get $lanes)) (i32x4.extract_lane 3 (local.get $lanes))))
      (i32.mul (i32.const 48) (i32.const 0x3f800000)))))
